import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { EngineStatus } from "#contract/entities/asset.ts";
import type { ShownJob, User } from "./user.ts";

/** The calls that `mlflow.set_experiment` and a second `mlflow.start_run` make, with nothing but Python's own library. */
const client = `
import json, os, sys, time, urllib.request
def call(path, body=None):
    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path, json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"])
    request.add_header("Content-Type", "application/json")
    return json.load(urllib.request.urlopen(request, timeout=100))
print("ready", flush=True)
while not os.path.exists(sys.argv[1]): time.sleep(0.05)
experiment = call("experiments/get-by-name?experiment_name=" + os.environ["MLFLOW_EXPERIMENT_NAME"])["experiment"]
created = call("runs/create", {"experiment_id": experiment["experiment_id"], "run_name": "second", "start_time": 1})["run"]
call("runs/log-metric", {"run_id": created["info"]["run_id"], "key": "m", "value": 2, "timestamp": 1, "step": 0})
print(experiment["name"])
open(sys.argv[1] + ".done", "w").close()
`;

/** A job's program and its tracking server. */
export function tracking(user: User): void {
  it("a job finds its experiment and starts a run while the engine is away; the run becomes the job's child", async () => {
    const flag = join(user.home.folder, "engine-is-gone");
    const done = `${flag}.done`;
    user.files({ "client/client.py": client, "away.yml": awayJob(flag) });
    await user.json("job", "create", "-f", "away.yml", "--name", "away", "--set", "experiment_name=trials");
    await vi.waitFor(async () => {
      const log = await user.run("job", "show", "-n", "away", "--query", "log_files[0].bytes", "-o", "tsv");
      expect(log.stdout).toBe("6\n");
    }, 60_000);
    const { pid } = await user.json<EngineStatus>("engine", "status");
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 10_000);
    writeFileSync(flag, "");
    // Nothing here starts another engine before the program is over.
    await vi.waitFor(() => expect(existsSync(done)).toBe(true), 60_000);
    const { code, stdout } = await user.run("job", "stream", "-n", "away");
    expect([code, stdout]).toEqual([0, "ready\ntrials\n"]);
    const children = await user.json<(ShownJob & { parent_job_name: string })[]>("job", "list", "-p", "away");
    expect(children).toMatchObject([{ display_name: "second", parent_job_name: "away", experiment_name: "trials" }]);
    expect((await user.json<ShownJob[]>("job", "list")).map(({ name }) => name)).not.toContain(children[0]?.name);
  });
}

function awayJob(flag: string): string {
  return `command: python client.py "${flag}"\ncode: client\nenvironment: { image: python }\n`;
}
