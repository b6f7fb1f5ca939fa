import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { mlflowPython } from "../../setup/mlflowVenv.ts";
import { treeOf } from "./processes.ts";
import type { Target } from "./target.ts";

const cli = new URL("../../../dist/cli/slipway.js", import.meta.url).pathname;

/** The built engine on a home of its own, started as a user starts it. Needs `npm run build`. */
export async function startOurs(): Promise<Target> {
  if (!existsSync(cli)) throw new Error("Build the engine first: npm run build");
  const home = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const slipway = (...args: string[]) =>
    promisify(execFile)(process.execPath, [cli, ...args], { env: { ...process.env, SLIPWAY_HOME: home } });
  await slipway("engine", "start");
  const { socket, pid } = JSON.parse(readFileSync(join(home, "engine.json"), "utf8")) as {
    socket: string;
    pid: number;
  };
  const { uri, token } = await trackingAccess(socket);
  return {
    name: "slipway",
    url: new URL(uri),
    token,
    pid,
    async stop() {
      await slipway("engine", "stop");
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function trackingAccess(socketPath: string): Promise<{ uri: string; token: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: "/api/v1/workspaces/default/tracking" }, (reply) => {
      text(reply).then((body) => resolve(JSON.parse(body) as { uri: string; token: string }), reject);
    });
    asked.on("error", reject);
    asked.end();
  });
}

async function until(what: string, child: ChildProcess, done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 180_000;
  while (!(await done())) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error(`${what} did not start.`);
    await setTimeout(100);
  }
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
  await until("mlflow server", child, () =>
    fetch(new URL("health", url)).then(
      (reply) => reply.ok,
      () => false,
    ),
  );
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
  const late = globalThis.setTimeout(() => {
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
