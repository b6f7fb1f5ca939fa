import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "#base/processIdentity.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { slipwayError } from "#contract/errors.ts";
import { routeTable } from "../routeTable.ts";
import { readText, send } from "../wire.ts";

/** An engine that was asked finishes what it writes and lets its clients go. */
const politeMs = 20_000;
const termMs = 5_000;
const killMs = 5_000;
const pollMs = 20;

/**
 * Ends an engine and returns when its process is gone. Jobs go on. One that does not answer is ended by signal, which
 * loses nothing either: what it acknowledged is on disk.
 */
export async function stopEngine(record: EngineRecord, reason: string): Promise<void> {
  if ((await askToStop(record, reason)) && (await isGone(record, politeMs))) return;
  for (const [signal, patience] of [
    ["SIGTERM", termMs],
    ["SIGKILL", killMs],
  ] as const) {
    // The number may belong to another program by now.
    if (!(await isAlive(record))) return;
    process.kill(record.pid, signal);
    if (await isGone(record, patience)) return;
  }
  throw slipwayError("timeout", `The engine (process ${record.pid}) does not end.`, {
    next: "It may wait for a disk; look at its state with `ps`.",
  });
}

async function askToStop(record: EngineRecord, reason: string): Promise<boolean> {
  const agent = new Agent();
  try {
    const { method, path } = routeTable.engineStop;
    const body = JSON.stringify({ reason });
    await readText(await send(record.socket, agent, { method, target: path, body, silenceMs: 5_000 }));
    return true;
  } catch {
    return false;
  } finally {
    agent.destroy();
  }
}

async function isGone(record: EngineRecord, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (await isAlive(record)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}
