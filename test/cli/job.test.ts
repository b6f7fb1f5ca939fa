import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { EngineStatus } from "#contract/entities/asset.ts";
import { BuiltHome, notBuilt } from "./built.ts";

interface JobJson {
  name: string;
  status: string;
  display_name: string;
  experiment_name: string;
  type: string;
  compute: string;
  tags: Record<string, string>;
  creation_context: { created_at: string; created_by: string };
  services: { Studio: { endpoint: string } };
}

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (!notBuilt) await home.run(["engine", "start"]);
}, 120_000);
afterAll(() => home.remove());

const python = ["--python", "python3"];
const create = (script: string, ...more: string[]) => home.run(["job", "create", "-f", script, ...python, ...more]);

describe.skipIf(notBuilt)(`a job from the terminal${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("is streamed on standard error, and is the only thing on standard output when it is done", async () => {
    const script = home.write(
      "train.py",
      'import os\nprint("loss 0.5")\nopen("outputs/m.txt", "w").write("x" * 1000)\n',
    );
    const { code, stdout, stderr } = await create(script, "--stream", "-o", "json");
    expect(stderr).toContain("loss 0.5");
    expect(stderr).toContain("Status: Completed");
    const job = JSON.parse(stdout) as JobJson;
    expect(job).toMatchObject({ status: "Completed", type: "command", compute: "azureml:local" });
    expect(job.name).toMatch(/^[a-z]+_[a-z]+_[a-z0-9]{10}$/);
    expect(job.services.Studio.endpoint).toContain(job.name);
    expect(code).toBe(0);
    const shown = await home.json<JobJson>(["job", "show", "-n", job.name]);
    expect(shown).toMatchObject({ name: job.name, display_name: job.display_name, status: "Completed" });

    const { code: downloaded } = await home.run(["job", "download", "--name", job.name, "--download-path", "got"]);
    expect(downloaded).toBe(0);
    expect(readFileSync(join(home.folder, "got/artifacts/outputs/m.txt"), "utf8")).toBe("x".repeat(1000));
    expect(readFileSync(join(home.folder, "got/artifacts/user_logs/std_log.txt"), "utf8")).toBe("loss 0.5\n");
    const missing = await home.run(["job", "download", "-n", job.name, "--output-name", "nope"]);
    expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining("has no output 'nope'") });
  });

  it("that fails makes the command fail, with the line that failed", async () => {
    const script = home.write("fails.py", "import nosuchmodule\n");
    const { code, stdout, stderr } = await create(script, "--stream");
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as JobJson).status).toBe("Failed");
    expect(stderr).toContain("No module named 'nosuchmodule'");
    const { name } = JSON.parse(stdout) as JobJson;
    expect((await home.run(["job", "stream", "-n", name])).code).toBe(1);
  });

  it("is streamed byte for byte though its engine is killed and begins again", async () => {
    const script = home.write(
      "loud.py",
      'import sys, time\nfor i in range(400):\n    sys.stdout.write(f"line {i} " + "ü" * 50 + "\\n")\n    sys.stdout.flush()\n    time.sleep(0.005)\n',
    );
    const { name } = JSON.parse((await create(script)).stdout) as JobJson;
    const streaming = home.run(["job", "stream", "-n", name]);
    const { pid } = await home.json<EngineStatus>(["engine", "status"]);
    await vi.waitFor(async () => {
      const { status } = await home.json<JobJson>(["job", "show", "-n", name]);
      expect(["Running", "Finalizing", "Completed"]).toContain(status);
    }, 60_000);
    process.kill(pid, "SIGKILL");
    const { code, stdout } = await streaming;
    expect(code).toBe(0);
    const expected = Array.from({ length: 400 }, (_, index) => `line ${index} ${"ü".repeat(50)}\n`).join("");
    const hash = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(hash(stdout)).toBe(hash(expected));
  });

  it("is changed, archived and brought back", async () => {
    const script = home.write("short.py", "print(1)\n");
    const { name } = JSON.parse((await create(script, "--stream", "--name", "my_job.1")).stdout) as JobJson;
    expect(name).toBe("my_job.1");
    const changed = await home.json<JobJson>([
      "job",
      "update",
      "-n",
      name,
      "--set",
      "display_name=Mine",
      "tags.owner=ann",
      "tags.gone=1",
    ]);
    expect(changed).toMatchObject({ display_name: "Mine", tags: { owner: "ann", gone: "1" } });
    const less = await home.json<JobJson>(["job", "update", "-n", name, "--remove", "tags.gone"]);
    expect(less.tags).toEqual({ owner: "ann" });

    const names = async (...more: string[]) =>
      (await home.run(["job", "list", "--query", "[].name", "-o", "tsv", ...more])).stdout.split("\n");
    expect(await names("--tag", "owner=ann")).toEqual([name, ""]);
    await home.run(["job", "archive", "-n", name]);
    expect(await names()).not.toContain(name);
    expect(await names("--archived-only")).toEqual([name, ""]);
    await home.run(["job", "restore", "-n", name]);
    expect(await names()).toContain(name);
  });

  it("ends when it is cancelled", async () => {
    const script = home.write("waits.py", "import time\ntime.sleep(600)\n");
    const { name } = JSON.parse((await create(script)).stdout) as JobJson;
    expect((await home.run(["job", "cancel", "-n", name])).code).toBe(0);
    const streamed = await home.run(["job", "stream", "-n", name]);
    expect(streamed).toMatchObject({ code: 1, stdout: "" });
    expect(streamed.stderr).toContain("Status: Canceled");
  });

  it("that does not exist is exit code 3, a file that does not is 1, a wrong option 2", async () => {
    expect(await home.run(["job", "show", "-n", "nope"])).toMatchObject({ code: 3, stdout: "" });
    const absent = await home.run(["job", "create", "-f", "absent.yml"]);
    expect(absent).toMatchObject({ code: 1, stdout: "" });
    expect(absent.stderr).toContain("absent.yml");
    expect(await home.run(["job", "create", "--fiel", "x"])).toMatchObject({ code: 2 });
  });

  it("has a sheet that can be had without submitting", async () => {
    const script = home.write("sheet.py", "print(1)\n");
    const { stdout } = await create(script, "--dry-run", "--query", "target.name", "-o", "tsv");
    expect(stdout).toBe("local\n");
  });

  it("and its MLflow client's variables are lines for a shell", async () => {
    const { stdout } = await home.run(["env"]);
    expect(stdout).toMatch(/^export MLFLOW_TRACKING_URI='http:\/\/127\.0\.0\.1:\d+\/w\/default'$/m);
    expect(stdout).toMatch(/^export MLFLOW_TRACKING_TOKEN='[\w.-]+'$/m);
    expect(stdout).toContain(`export SLIPWAY_HOME='${home.home}'`);
  });
});
