import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { mlflowPython } from "../../setup/mlflowVenv.ts";
import { treeOf } from "./processes.ts";
import type { Target } from "./target.ts";

const script = new URL("../tracking.ts", import.meta.url).pathname;

/** Our tracking server in a process of its own, on a new store. */
export async function startOurs(): Promise<Target> {
  const child = spawn(process.execPath, [script, "--serve"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await new Promise<string[]>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", (text: string) => resolve([text]));
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}.`)));
  })) as [string];
  const { uri, token } = JSON.parse(line) as { uri: string; token: string };
  return { name: "slipway", url: new URL(uri), token, pid: child.pid as number, stop: () => stopTree(child) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A folder in which real MLflow servers keep their database, one after the other. */
export function mlflowFolder(): { folder: string; database: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-mlflow-"));
  return {
    folder,
    database: join(folder, "mlflow.db"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A real `mlflow server`: as it starts by default, or with one worker and without its job processes. */
export async function startMlflow(folder: string, kind: "default" | "one worker"): Promise<Target> {
  const port = await freePort();
  const args = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)];
  args.push("--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`);
  args.push("--artifacts-destination", join(folder, "artifacts"));
  if (kind === "one worker") args.push("--workers", "1");
  const env = { ...process.env, HOME: folder };
  if (kind === "one worker") Object.assign(env, { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" });
  const child = spawn(mlflowPython("3.17.2"), args, { cwd: folder, env, stdio: "ignore", detached: true });
  const url = new URL(`http://127.0.0.1:${port}/`);
  const deadline = performance.now() + 180_000;
  for (;;) {
    const up = await fetch(new URL("health", url)).then(
      (reply) => reply.ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || performance.now() > deadline) throw new Error("mlflow server did not start.");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { name: `mlflow (${kind})`, url, token: null, pid: child.pid as number, stop: () => stopTree(child) };
}

async function stopTree(child: ChildProcess): Promise<void> {
  const pids = child.pid === undefined ? [] : treeOf(child.pid);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended by itself.
    }
  }
  const late = setTimeout(() => {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
  }, 5000);
  if (child.exitCode === null) await gone;
  clearTimeout(late);
}
