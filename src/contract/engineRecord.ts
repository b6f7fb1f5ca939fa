import type { ProcessIdentity } from "#base/processIdentity.ts";

/** `SLIPWAY_HOME/engine.json`: how a client finds the engine. Written when the engine answers, removed when it ends. */
export interface EngineRecord extends ProcessIdentity {
  /** Hash of what was built: the handshake compares it, never the version. */
  build: string;
  version: string;
  /** Node's version and its executable. */
  node: string;
  node_path: string;
  /** Milliseconds since the epoch. */
  started_at: number;
  /** Where the Unix socket really is (a deep home has it elsewhere). */
  socket: string;
  /** Address of the loopback listener, for MLflow clients and browsers. */
  url: string;
}

/** The name of the record below SLIPWAY_HOME. */
export const engineRecordFile = "engine.json";

/** The record that a text holds; undefined when it is none (half a file, another program's). */
export function parseEngineRecord(text: string): EngineRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<EngineRecord> | null;
    const known =
      typeof value?.pid === "number" &&
      typeof value.start === "string" &&
      typeof value.build === "string" &&
      typeof value.socket === "string";
    return known ? (value as EngineRecord) : undefined;
  } catch {
    return undefined;
  }
}
