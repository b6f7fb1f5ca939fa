import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "../tracking/support/api.ts";
import { importInto } from "./support/importInto.ts";

let server: TrackingServer;
let folder: string;
let store: string;
beforeEach(async () => {
  server = await startTrackingServer();
  folder = mkdtempSync(join(tmpdir(), "slipway-broken-"));
  store = join(folder, "mlruns");
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function experiment(id: string, name: string): void {
  mkdirSync(join(store, id), { recursive: true });
  writeFileSync(join(store, id, "meta.yaml"), `experiment_id: '${id}'\nlifecycle_stage: active\nname: ${name}\n`);
}

interface Files {
  [path: string]: string;
}

function run(id: string, files: Files = {}, meta: Record<string, string> = {}): string {
  const place = join(store, "7", id);
  const fields = { run_id: id, experiment_id: "'7'", status: "3", start_time: "5", lifecycle_stage: "active", ...meta };
  const all: Files = {
    "meta.yaml": Object.entries(fields)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(""),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(place, path, ".."), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  return place;
}

/** Ids of the runs that are there. */
async function runsHere(): Promise<string[]> {
  const { runs = [] } = await new Api(server).ok<{ runs?: { info: { run_id: string } }[] }>("runs/search", {
    experiment_ids: ["0", "1", "2"],
    run_view_type: "ALL",
  });
  return runs.map((each) => each.info.run_id).sort();
}

describe("a broken file store", () => {
  it("is taken over as far as it is whole, and the rest is named with its reason", async () => {
    experiment("7", "whole");
    mkdirSync(join(store, "8"));
    writeFileSync(join(store, "8", "meta.yaml"), "a: [");
    run("good", { "metrics/loss": "1 0.5 0\n2 nan 1\n3 1e-05 2\n", "artifacts/a.txt": "a" });
    run("nometa", { "tags/t": "1" });
    rmSync(join(store, "7", "nometa", "meta.yaml"));
    run("halfmetric", { "metrics/loss": "1 0.5 0\n2 0.4\n3 x 2\n", "params/p": "1" });
    run("othername", {}, { run_id: "good" });
    run("badstatus", {}, { status: "99" });
    run("badtime", {}, { start_time: "soon" });
    run("badkey", { "params/a*b": "1" });
    run("bomb", { "meta.yaml": "a: &a [x,x]\nb: &b [*a,*a]\nrun_id: bomb\n" });
    const linked = run("linkedparam");
    mkdirSync(join(linked, "params"));
    symlinkSync("/etc/passwd", join(linked, "params", "secret"));

    const result = await importInto(server, { uri: store });
    expect(await runsHere()).toEqual(["good"]);
    const left = new Map(result.left_out.map(({ place, reason }) => [place.slice(store.length + 1), reason]));
    expect(Object.fromEntries(left)).toEqual({
      "8/meta.yaml": expect.stringMatching(/^It is no YAML/),
      "7/nometa/meta.yaml": "It is missing.",
      "7/halfmetric/metrics/loss": "Line 3 is no point of a metric.",
      "7/othername/meta.yaml": "Its 'run_id' is good, its folder is othername.",
      "7/badstatus/meta.yaml": "Its 'status' is unknown: 99",
      "7/badtime/meta.yaml": "Its 'start_time' is no number: soon",
      "7/badkey": expect.stringContaining("a*b"),
      "7/bomb/meta.yaml": expect.stringMatching(/^It is no YAML/),
      "7/linkedparam/params/secret": "It is no plain file.",
    });
    expect(result.metric_points).toBe(3);
  });

  it("never brings files from outside of its folder", async () => {
    experiment("7", "hostile");
    writeFileSync(join(folder, "private"), "secret");
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(join(folder, "elsewhere", "kept.txt"), "kept");
    const link = run("link", { "artifacts/a.txt": "a" });
    symlinkSync(join(folder, "private"), join(link, "artifacts", "leak"));
    symlinkSync(folder, join(link, "artifacts", "all"));
    const odd = run("odd", { "artifacts/fine": "" });
    writeFileSync(join(odd, "artifacts", "a\\b"), "");
    const root = run("root");
    symlinkSync(join(folder, "elsewhere"), join(root, "artifacts"));
    run("away", {}, { artifact_uri: join(folder, "elsewhere") });
    run("climbs", {}, { artifact_uri: "mlflow-artifacts:/../elsewhere" });

    const result = await importInto(server, { uri: store });
    expect(await runsHere()).toEqual(["away", "climbs", "link", "odd", "root"]);
    const stored = await server.store.read("artifactTree", { workspace: "default", path: "" });
    expect(stored.map(({ path }) => path)).toEqual(["1/link/artifacts/a.txt", "1/odd/artifacts/fine"]);
    const left = result.left_out.map(
      ({ place, reason }) => `${place.slice(folder.length + 1)}: ${reason.split(";")[0]}`,
    );
    expect(left.sort()).toEqual([
      ": These artifacts lie outside of the store's folder",
      "elsewhere: These artifacts lie outside of the store's folder",
      "mlruns/7/link/artifacts/all: It is a link.",
      "mlruns/7/link/artifacts/leak: It is a link.",
      "mlruns/7/odd/artifacts/a\\b: Its name cannot be one of an artifact.",
    ]);

    const allowed = await importInto(server, { uri: store, artifactRoots: [join(folder, "elsewhere")] });
    expect(allowed.artifacts.files).toBe(2);
    expect(allowed.runs).toEqual({ added: 0, updated: 2, unchanged: 3 });
  });

  it("adds what is new at the next time, and leaves what was changed here", async () => {
    experiment("7", "growing");
    const place = run("going", { "metrics/loss": "1 0.5 0\n", "tags/team": "a" }, { status: "1" });
    await importInto(server, { uri: store });
    const api = new Api(server);
    await api.ok("runs/set-tag", { run_id: "going", key: "team", value: "ours" });
    appendFileSync(join(place, "metrics/loss"), "2 0.25 1\n");
    writeFileSync(
      join(place, "meta.yaml"),
      "run_id: going\nexperiment_id: '7'\nstatus: 3\nstart_time: 5\nend_time: 9\n",
    );
    run("late", {}, { lifecycle_stage: "deleted" });
    const again = await importInto(server, { uri: store });
    expect(again.runs).toEqual({ added: 1, updated: 1, unchanged: 0 });
    expect(again.metric_points).toBe(1);
    const { json } = await api.get<{ run: { info: object; data: { tags: object[]; metrics: object[] } } }>(
      "runs/get?run_id=going",
    );
    expect(json.run.info).toMatchObject({ status: "FINISHED", end_time: 9 });
    expect(json.run.data.tags).toContainEqual({ key: "team", value: "ours" });
    expect(json.run.data.metrics).toEqual([{ key: "loss", value: 0.25, timestamp: 2, step: 1 }]);
    const late = await api.get<{ run: { info: object } }>("runs/get?run_id=late");
    expect(late.json.run.info).toMatchObject({ lifecycle_stage: "deleted" });
  });

  it("is taken over for the experiments that are named, and says which is not there", async () => {
    experiment("7", "wanted");
    experiment("9", "other");
    run("mine");
    const result = await importInto(server, { uri: store, experiments: ["wanted", "missing"] });
    expect(result.experiments).toEqual({ added: 1, found: 0 });
    expect(result.left_out).toEqual([
      { place: "experiment missing", reason: "The store has no experiment of this name." },
    ]);
    expect(await runsHere()).toEqual(["mine"]);
  });
});

describe("a broken database", () => {
  const tables = `
    CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
    CREATE TABLE runs (run_uuid TEXT, status TEXT, start_time, artifact_uri TEXT, lifecycle_stage TEXT, experiment_id INTEGER);
    CREATE TABLE metrics (run_uuid TEXT, key TEXT, value, timestamp);
    CREATE TABLE params (run_uuid TEXT, key TEXT, value);
    CREATE TABLE tags (run_uuid TEXT, key TEXT, value);
    INSERT INTO experiments VALUES (1, 'old', 'active');`;

  function database(sql: string): string {
    const path = join(folder, "mlflow.db");
    const db = new Database(path);
    db.exec(sql);
    db.close();
    return path;
  }

  it("of an old version is read without what it lacks, and values of other types are refused run by run", async () => {
    const path = database(`${tables}
      INSERT INTO runs VALUES ('fine', 'FINISHED', 5, '/nowhere', 'active', 1), ('text', 'FINISHED', 5, '', 'active', 1),
        ('time', 'FINISHED', x'00', '', 'active', 1), ('lost', 'FINISHED', 5, '', 'active', 99),
        ('../up', 'FINISHED', 5, '', 'active', 1), ('far', 'FINISHED', 5, 's3://bucket/far/artifacts', 'active', 1);
      INSERT INTO metrics VALUES ('fine', 'loss', 0.5, 1), ('fine', 'loss', 0.25, 2), ('text', 'loss', 'high', 1);`);
    const result = await importInto(server, { uri: `sqlite:///${path}` });
    expect(await runsHere()).toEqual(["far", "fine"]);
    expect(result.metric_points).toBe(2);
    expect(result.left_out.map(({ place }) => place.slice(path.length + 2)).sort()).toEqual([
      "runs/../up",
      "runs/lost",
      "runs/text",
      "runs/time",
    ]);
    const far = await new Api(server).get<{ run: { info: object } }>("runs/get?run_id=far");
    expect(far.json.run.info).toMatchObject({ artifact_uri: "s3://bucket/far/artifacts" });
  });

  it("is told apart from something else", async () => {
    writeFileSync(join(folder, "no.db"), "not a database, but long enough to be read as the header of one".repeat(50));
    await expect(importInto(server, { uri: `sqlite:///${join(folder, "no.db")}` })).rejects.toThrow("cannot be read");
    await expect(importInto(server, { uri: `sqlite:///${join(folder, "none.db")}` })).rejects.toThrow(
      "There is no file",
    );
    const other = database("CREATE TABLE things (a)");
    await expect(importInto(server, { uri: `sqlite:///${other}` })).rejects.toThrow("no table 'experiments'");
    await expect(importInto(server, { uri: "postgresql://host/db" })).rejects.toThrow(
      "cannot be read from postgresql:",
    );
  });

  it("that lacks its end gives what is before it", async () => {
    const rows = Array.from({ length: 400 }, (_, index) => `('r${index}', 'FINISHED', 5, '', 'active', 1)`);
    const params = Array.from({ length: 400 }, (_, index) => `('r${index}', 'p', '${"x".repeat(2000)}')`);
    const path = database(`${tables} INSERT INTO runs VALUES ${rows.join()}; INSERT INTO params VALUES ${params.join()};
      CREATE INDEX by_run ON metrics (run_uuid); CREATE INDEX params_by_run ON params (run_uuid);`);
    truncateSync(path, 4096 * 150);
    const result = await importInto(server, { uri: `sqlite:///${path}` }).catch((thrown: unknown) => thrown as Error);
    const here = await runsHere();
    if (result instanceof Error) expect(result.message).toContain("cannot be read");
    else {
      expect(here.length + result.left_out.length).toBe(400);
      expect(result.left_out.length).toBeGreaterThan(0);
    }
  });
});
