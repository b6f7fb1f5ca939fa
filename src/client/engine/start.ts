import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Bundle } from "./bundle.ts";
import { findAnswering } from "./find.ts";
import { findNode, type FoundNode } from "./node.ts";
import { installVersion } from "./versions.ts";

export interface StartOptions {
  home: string;
  /** What to start; without it an engine can only be found. */
  bundle: Bundle | undefined;
  /** The Node that the user's setting names. */
  node?: string | undefined;
  /** Variables for the engine: settings travel this way. */
  environment?: Record<string, string> | undefined;
  /** Told what the user should know: which engine is used, and why. */
  notice: (line: string) => void;
}

/** A store of gigabytes may need recovery first. */
const startMs = 60_000;
const pollMs = 25;
const maxLogBytes = 10 * 1024 * 1024;

/** The engine has several threads: with the defaults for young objects and for malloc each would hold much unused. */
const memoryFlags = ["--max-semi-space-size=2", "--optimize-for-size", "--expose-gc"];
const mallocArenas = "2";

/**
 * Starts an engine, detached, and returns when it answers. When another process starts one meanwhile, that one is
 * returned. Throws `engine-start-failed` with the end of the engine's log.
 */
export async function launchEngine(options: StartOptions & { bundle: Bundle }): Promise<EngineRecord> {
  const { home } = options;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const [place, node] = await Promise.all([
    installVersion(home, options.bundle),
    findNode({ chosen: options.node, bundle: options.bundle.folder }),
  ]);
  const logPath = join(home, "engine.log");
  await rotate(logPath);
  const log = await open(logPath, "a", 0o600);
  const from = (await log.stat()).size;
  try {
    const child = spawn(node.path, [...memoryFlags, join(place, "engine/main.js")], {
      cwd: home,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: engineEnvironment(node, options),
    });
    const end = watchEnd(child);
    child.unref();
    return await untilAnswering(home, end, () => readFrom(logPath, from));
  } finally {
    await log.close();
  }
}

interface End {
  words: string | undefined;
}

function watchEnd(child: ChildProcess): End {
  const end: End = { words: undefined };
  child.once("error", (failure) => (end.words = failure.message));
  child.once("exit", (code, signal) => (end.words = signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  return end;
}

async function untilAnswering(home: string, end: End, readLog: () => Promise<string>): Promise<EngineRecord> {
  const deadline = Date.now() + startMs;
  while (Date.now() < deadline) {
    // Read before the question: an engine that lost the race ends, and the winner may answer a moment later.
    const ended = end.words;
    const found = await findAnswering(home);
    if (found) return found.record;
    if (ended !== undefined && !(await isOwned(readLog))) throw await startFailed(`The engine ${ended}.`, readLog);
    await delay(pollMs);
  }
  throw await startFailed(`The engine did not answer within ${startMs / 1000} seconds.`, readLog);
}

/** True when the engine that we started found another one in its place: its last words, see `EngineClaim.take`. */
async function isOwned(readLog: () => Promise<string>): Promise<boolean> {
  return (await readLog()).includes("Another engine owns ");
}

async function startFailed(reason: string, readLog: () => Promise<string>): Promise<Error> {
  const lines = (await readLog()).trimEnd().split("\n").slice(-20).join("\n");
  return slipwayError("engine-start-failed", `${reason} The end of its log:\n${lines || "(it wrote nothing)"}`, {
    next: "See `slipway engine logs` for all of it.",
  });
}

/** The starter's own Node and editor settings are not the engine's. */
function engineEnvironment(node: FoundNode, options: StartOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_|ELECTRON_|VSCODE_|MLFLOW_)/.test(name) || name === "NODE_EXTRA_CA_CERTS",
  );
  return {
    ...Object.fromEntries(inherited),
    ...options.environment,
    ...(node.electron ? { ELECTRON_RUN_AS_NODE: "1" } : {}),
    SLIPWAY_HOME: options.home,
    MALLOC_ARENA_MAX: mallocArenas,
  };
}

async function rotate(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > maxLogBytes) await rename(path, `${path}.1`);
}

async function readFrom(path: string, offset: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const length = Math.min((await file.stat()).size - offset, 64 * 1024);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(length, 0)), 0, Math.max(length, 0), offset);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}
