import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "./support/api.ts";

let server: TrackingServer;
let api: Api;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
});
afterAll(() => server.close());

interface Experiments {
  experiments?: { experiment_id: string; name: string }[];
  next_page_token?: string;
}

describe("experiments", () => {
  it("has number 0, Default, in each workspace", async () => {
    await server.addWorkspace("other");
    for (const workspace of ["default", "other"]) {
      const args = { workspace, method: "GET", path: "/api/2.0/mlflow/experiments/get", query: "experiment_id=0" };
      const reply = await server.tracking.reply({ ...args, body: null, actor: "x" });
      expect(JSON.parse("text" in reply ? (reply.text ?? "") : "")).toMatchObject({
        experiment: {
          experiment_id: "0",
          name: "Default",
          lifecycle_stage: "active",
          artifact_location: "mlflow-artifacts:/0",
        },
      });
    }
  });

  it("answers a name that is not there with 404, as set_experiment expects", async () => {
    const reply = await api.get("experiments/get-by-name?experiment_name=nothing");
    expect([reply.status, reply.json]).toEqual([
      404,
      { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Could not find experiment with name 'nothing'" },
    ]);
  });

  it("keeps the name of a deleted experiment taken, and gives it back whole when restored", async () => {
    const id = await api.newExperiment("kept");
    const run = await api.newRun(id);
    await api.ok("experiments/delete", { experiment_id: id });
    expect((await api.post("experiments/create", { name: "kept" })).json["error_code"]).toBe("RESOURCE_ALREADY_EXISTS");
    expect((await api.get("experiments/get-by-name?experiment_name=kept")).json).toMatchObject({
      experiment: { lifecycle_stage: "deleted" },
    });
    expect((await api.post("runs/create", { experiment_id: id })).json["error_code"]).toBe("INVALID_PARAMETER_VALUE");
    expect((await api.post("runs/log-metric", { run_id: run, key: "a", value: 1, timestamp: 1 })).status).toBe(400);
    await api.ok("experiments/restore", { experiment_id: id });
    await api.ok("runs/log-metric", { run_id: run, key: "a", value: 1, timestamp: 1 });
  });

  it("renames, and refuses a name that is taken", async () => {
    const id = await api.newExperiment("before");
    await api.ok("experiments/update", { experiment_id: id, new_name: "after" });
    expect((await api.get("experiments/get-by-name?experiment_name=after")).status).toBe(200);
    expect((await api.post("experiments/update", { experiment_id: id, new_name: "Default" })).status).toBe(400);
  });

  it("sets and deletes tags", async () => {
    const id = await api.newExperiment("tagged");
    await api.ok("experiments/set-experiment-tag", { experiment_id: id, key: "k", value: "v" });
    expect((await api.get(`experiments/get?experiment_id=${id}`)).json).toMatchObject({
      experiment: { tags: [{ key: "k", value: "v" }] },
    });
    await api.ok("experiments/delete-experiment-tag", { experiment_id: id, key: "k" });
    expect((await api.post("experiments/delete-experiment-tag", { experiment_id: id, key: "k" })).status).toBe(404);
  });

  it.each([
    ["a name over 500 characters", { name: "x".repeat(501) }, "'name' exceeds the maximum length of 500 characters"],
    [
      "no name",
      {},
      "Missing value for required parameter 'name'. See the API docs for more information about request parameters.",
    ],
    [
      "a number for a name",
      { name: 5 },
      "Invalid value 5 for parameter 'name' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.",
    ],
    [
      "a tag value over 20,000",
      { name: "t", tags: [{ key: "a", value: "x".repeat(20_001) }] },
      "'value' exceeds the maximum length of 20000 characters",
    ],
    [
      "a location that climbs",
      { name: "l", artifact_location: "mlflow-artifacts:/a/%2e%2e/b" },
      "Invalid artifact location: 'mlflow-artifacts:/a/%2e%2e/b'.",
    ],
    [
      "a climb behind a ?",
      { name: "l", artifact_location: "http://host/?x/../../y" },
      "Invalid artifact location: 'http://host/?x/../../y'.",
    ],
    [
      "a climb behind a #",
      { name: "l", artifact_location: "http://host/#/../x" },
      "Invalid artifact location: 'http://host/#/../x'.",
    ],
  ])("refuses %s", async (_what, body, message) => {
    const reply = await api.post("experiments/create", body);
    expect([reply.status, reply.json]).toEqual([400, { error_code: "INVALID_PARAMETER_VALUE", message }]);
  });

  it("pages through a search by POST and by GET, the newest first", async () => {
    for (let number = 0; number < 5; number++) await api.newExperiment(`page ${number}`);
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const body = { max_results: 2, filter: "name LIKE 'page %'", ...(token ? { page_token: token } : {}) };
      const page = await api.ok<Experiments>("experiments/search", body);
      seen.push(...(page.experiments ?? []).map((experiment) => experiment.name));
      token = page.next_page_token;
    } while (token);
    expect([...seen].sort()).toEqual(["page 0", "page 1", "page 2", "page 3", "page 4"]);
    const query = new URLSearchParams({ filter: "name ILIKE 'PAGE 3'", max_results: "10" });
    const { json } = await api.get<Experiments>(`experiments/search?${query}`);
    expect(json.experiments?.map((experiment) => experiment.name)).toEqual(["page 3"]);
    expect((await api.post("experiments/search", { filter: "name = 'none such'" })).json).toEqual({});
    const alternatives = "name IN ('page 1', 'page 2') AND NOT name = 'page 2' OR (name = 'page 4')";
    const found = await api.ok<Experiments>("experiments/search", { filter: alternatives });
    expect(found.experiments?.map(({ name }) => name).sort()).toEqual(["page 1", "page 4"]);
  });
});
