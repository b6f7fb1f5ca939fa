import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (!notBuilt) await home.run(["engine", "start"]);
}, 120_000);
afterAll(() => home.remove());

/** Calls the MLflow API as a client does that was started with `eval "$(slipway env)"`. */
async function mlflow(
  path: string,
  body: unknown,
): Promise<Record<string, { info: { run_id: string; artifact_uri: string } }>> {
  const { stdout } = await home.run(["env"]);
  const value = (name: string) => new RegExp(`${name}=['"]?([^'"\\s]+)`).exec(stdout)?.[1] ?? "";
  const reply = await fetch(`${value("MLFLOW_TRACKING_URI")}/api/2.0/${path}`, {
    method: path.startsWith("mlflow-artifacts") ? "PUT" : "POST",
    headers: { authorization: `Bearer ${value("MLFLOW_TRACKING_TOKEN")}`, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
  const text = await reply.text();
  return (text === "" ? {} : JSON.parse(text)) as Record<string, { info: { run_id: string; artifact_uri: string } }>;
}

async function newRun(name: string, tags: { key: string; value: string }[] = []) {
  const { run } = await mlflow("mlflow/runs/create", { experiment_id: "0", run_name: name, user_id: "ann", tags });
  if (!run) throw new Error("No run was made.");
  return run.info;
}

describe.skipIf(notBuilt)(`a run that no job submitted${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("is listed, shown, changed, downloaded, archived and restored as a job", async () => {
    const { run_id: name, artifact_uri: uri } = await newRun("notebook");
    const child = await newRun("fold 1", [{ key: "mlflow.parentRunId", value: name }]);
    await mlflow(`mlflow-artifacts/artifacts/${uri.replace("mlflow-artifacts:/", "")}/note.txt`, "hello");
    await mlflow("mlflow/runs/update", { run_id: name, status: "FINISHED", end_time: 5 });
    const names = async (...more: string[]) =>
      (await home.json<{ name: string }[]>(["job", "list", ...more])).map((job) => job.name);
    expect(await names()).toEqual([name]);
    expect(await names("--parent-job-name", name)).toEqual([child.run_id]);
    const { code } = await home.run([
      ...["job", "update", "-n", name, "--set", "display_name=best", "description=of all", "tags.stage=gold"],
    ]);
    expect(code).toBe(0);
    const shown = await home.json<Record<string, unknown>>(["job", "show", "-n", name]);
    expect(shown).toMatchObject({
      ...{ name, type: "base", status: "Completed", display_name: "best", description: "of all" },
      ...{ tags: { stage: "gold" }, experiment_name: "Default" },
    });
    expect(shown).not.toHaveProperty("compute");
    expect((await home.run(["job", "download", "-n", name, "-p", "got"])).code).toBe(0);
    expect(readFileSync(join(home.folder, "got/artifacts/note.txt"), "utf8")).toBe("hello");
    await home.run(["job", "archive", "-n", name]);
    expect(await names()).toEqual([]);
    await home.run(["job", "restore", "-n", name]);
    expect(await names()).toEqual([name]);
  });

  it("has nothing to stream or cancel, and the words say where to look", async () => {
    const parent = await newRun("outer");
    const child = await newRun("inner", [{ key: "mlflow.parentRunId", value: parent.run_id }]);
    for (const [verb, name, words] of [
      ["stream", parent.run_id, "was not started by Slipway"],
      ["stream", child.run_id, `job stream -n ${parent.run_id}`],
      ["cancel", parent.run_id, "End its program where it runs"],
      ["cancel", child.run_id, `job cancel -n ${parent.run_id}`],
    ] as const) {
      const { code, stderr } = await home.run(["job", verb, "-n", name]);
      expect(stderr).toContain(words);
      expect(code).not.toBe(0);
    }
  });
});
