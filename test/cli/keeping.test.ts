import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangedJobs, Purged } from "#contract/routes/keeping.ts";
import { BuiltHome, notBuilt } from "./built.ts";

describe.skipIf(notBuilt)(`keeping and deleting${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  let home: BuiltHome;
  let uri: string;
  let token: string;
  beforeAll(async () => {
    home = new BuiltHome({ env: { CANARY_TOKEN: "canary-of-the-environment" } });
    const { stdout } = await home.run(["env"]);
    uri = /MLFLOW_TRACKING_URI='([^']+)'/.exec(stdout)?.[1] ?? "";
    token = /MLFLOW_TRACKING_TOKEN='([^']+)'/.exec(stdout)?.[1] ?? "";
  }, 120_000);
  afterAll(() => home.remove());

  async function mlflow(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const reply = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await reply.json()) as Record<string, unknown>;
  }
  async function newRun(name: string, parent?: string): Promise<string> {
    const tags = parent === undefined ? [] : [{ key: "mlflow.parentRunId", value: parent }];
    const made = await mlflow("runs/create", { experiment_id: "0", run_name: name, start_time: 1000, tags });
    const { run_id: id } = (made["run"] as { info: { run_id: string } }).info;
    await mlflow("runs/update", { run_id: id, status: "FINISHED", end_time: 2000 });
    return id;
  }
  const stageOf = async (id: string) => {
    const { run } = (await mlflow(`runs/get?run_id=${id}`)) as { run?: { info: { lifecycle_stage: string } } };
    return run?.info.lifecycle_stage ?? "gone";
  };
  const names = async () => (await home.json<{ name: string }[]>(["job", "list"])).map(({ name }) => name).sort();

  it("deletes as MLflow does, takes it back, and collects for good", async () => {
    const [one, two] = [await newRun("one"), await newRun("two")];
    const child = await newRun("child", one);
    const planned = await home.json<ChangedJobs>(["job", "delete", "-n", one, two, "--dry-run"]);
    expect(planned).toMatchObject({ dry_run: true, nested: 1 });
    expect(await names()).toEqual([one, two].sort());
    const { code, stderr } = await home.run(["job", "delete", "-n", one, "-y"]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("takes it back")]);
    expect([await stageOf(one), await stageOf(child), await names()]).toEqual(["deleted", "deleted", [two]]);
    await home.run(["job", "restore", "-n", one]);
    expect([await stageOf(one), await stageOf(child)]).toEqual(["active", "active"]);
    await mlflow("runs/delete", { run_id: two });
    expect(await names()).toEqual([one]);
    await home.run(["job", "restore", "-n", two]);
    expect(await stageOf(two)).toBe("active");
    const missing = await home.run(["job", "delete", "-n", one, "no_such_job", "-y"]);
    expect([missing.code === 0, missing.stderr.includes("no_such_job")]).toEqual([false, true]);
    expect(await stageOf(one)).toBe("active");
    await home.run(["job", "delete", "-n", one, "-y"]);
    await home.run(["gc"]);
    expect(await stageOf(one)).toBe("deleted");
    await home.run(["gc", "--deleted-days", "0"]);
    expect([await stageOf(one), await stageOf(child), await names()]).toEqual(["gone", "gone", [two]]);
  });

  it("purges what is old and keeps what is pinned", async () => {
    const [old, pinned] = [await newRun("old"), await newRun("pinned")];
    await home.run(["job", "update", "-n", pinned, "--set", "tags.pinned=true"]);
    const planned = await home.json<Purged>(["job", "purge", "--older-than", "30d", "--dry-run"]);
    expect(planned.jobs).toContain(old);
    expect(planned.kept).toEqual([{ name: pinned, reason: "it is pinned" }]);
    const { stderr } = await home.run(["job", "purge", "--older-than", "30d", "-y"]);
    expect(stderr).toContain(`${pinned} stays: it is pinned.`);
    expect(await names()).toEqual([pinned]);
    expect((await home.run(["job", "purge", "--older-than", "soon"])).code).toBe(2);
    const kept = await home.json<{ retention_days: number }>(["workspace", "update", "--retention-days", "7"]);
    expect(kept.retention_days).toBe(7);
  });

  it.each([
    [["job", "archive", "-n", "x"], "PATCH"],
    [["job", "cancel", "-n", "x"], "POST"],
    [["job", "restore", "-n", "x"], "POST"],
    [["data", "archive", "-n", "x"], "PATCH"],
    [["compute", "delete", "-n", "x"], "DELETE"],
    [["workspace", "archive", "-n", "x"], "PATCH"],
    [["mirror", "remove", "--prefix", "https://x/"], "DELETE"],
  ])("%j has a dry run, which sends nothing", async (words, method) => {
    expect(await home.json<{ method: string }>([...words, "--dry-run"])).toMatchObject({ method });
  });

  it("writes diagnostics that hold what was asked for and no secret", async () => {
    const [name = ""] = await names();
    const written = await home.json<{ path: string }>(["diagnostics", "-n", name, "-p", "found.tar.gz"]);
    mkdirSync(join(home.folder, "found"));
    execFileSync("tar", ["-xzf", written.path, "-C", join(home.folder, "found"), "--strip-components=1"]);
    const read = (file: string) => readFileSync(join(home.folder, "found", file), "utf8");
    expect(JSON.parse(read("job.json"))).toMatchObject({ name });
    expect(JSON.parse(read("store.json"))).toMatchObject({ quick_check: ["ok"] });
    const all = ["program.json", "engine.json", "engine.log", "job.json"].map(read).join("\n");
    expect(all).not.toContain("canary-of-the-environment");
    expect(all).not.toContain(token);
  });
});
