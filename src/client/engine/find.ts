import { Agent } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "#base/processIdentity.ts";
import { engineRecordFile, parseEngineRecord, type EngineRecord } from "#contract/engineRecord.ts";
import type { EngineStatus } from "#contract/entities/asset.ts";
import { routeTable } from "../routeTable.ts";
import { readText, send } from "../wire.ts";

/** A living engine answers its status within this time, whatever it does. */
const pingMs = 5_000;

/** The record that an engine has left for its clients. It may be stale. */
async function readRecord(home: string): Promise<EngineRecord | undefined> {
  return parseEngineRecord(await readFile(join(home, engineRecordFile), "utf8").catch(() => ""));
}

/** The engine of `home` by its record, when the process of the record lives. Sends nothing. */
export async function findEngine(home: string): Promise<EngineRecord | undefined> {
  const record = await readRecord(home);
  return record && (await isAlive(record)) ? record : undefined;
}

/** What the engine of `record` says of itself; undefined when it does not answer. */
export async function askStatus(record: EngineRecord): Promise<EngineStatus | undefined> {
  const agent = new Agent();
  try {
    const target = routeTable.engineStatus.path;
    const reply = await send(record.socket, agent, { method: "GET", target, silenceMs: pingMs });
    const status = JSON.parse(await readText(reply)) as EngineStatus;
    return status.pid === record.pid ? status : undefined;
  } catch {
    return undefined;
  } finally {
    agent.destroy();
  }
}

/** The engine of `home` that answers now. */
export async function findAnswering(home: string): Promise<{ record: EngineRecord; status: EngineStatus } | undefined> {
  const record = await findEngine(home);
  const status = record && (await askStatus(record));
  return record && status ? { record, status } : undefined;
}
