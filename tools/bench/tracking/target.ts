import { cpuSeconds } from "./processes.ts";
import { buildRequest, RawClient } from "./rawClient.ts";

/** A running tracking server, ours or MLflow's. */
export interface Target {
  name: string;
  url: URL;
  token: string | null;
  /** Id of the server's process; with its children it is the server. */
  pid: number;
  stop(): Promise<void>;
}

export function request(target: Target, method: string, path: string, body: unknown = null): Buffer {
  return buildRequest(target.url, method, `/api/2.0/mlflow${path}`, body, target.token);
}

/** One call on a connection of its own, for what is not measured. */
export async function call<T>(target: Target, method: string, path: string, body: unknown = null): Promise<T> {
  const client = await RawClient.open(target.url);
  try {
    return JSON.parse((await client.send(request(target, method, path, body))).toString("utf8")) as T;
  } finally {
    client.close();
  }
}

export interface Timing {
  /** Calls a second over all clients. */
  rate: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const rounds = 3;

/**
 * The best of three rounds, each with requests of its own: on a machine that does other things too, the best one says
 * most about the server.
 */
export async function driveBest(
  target: Target,
  clients: (round: number) => Promise<readonly (readonly Buffer[])[]>,
  seconds: number,
): Promise<Timing & { calls: number; cpuSeconds: number }> {
  let best: (Timing & { calls: number; cpuSeconds: number }) | undefined;
  for (let round = 0; round < rounds; round++) {
    const requests = await clients(round);
    const before = cpuSeconds(target.pid);
    const timing = { ...(await drive(target, requests, seconds)), cpuSeconds: 0 };
    timing.cpuSeconds = cpuSeconds(target.pid) - before;
    if (!best || timing.rate > best.rate) best = timing;
  }
  return best as Timing & { calls: number; cpuSeconds: number };
}

/** Sends prepared requests from some clients at once, for at most `seconds`. */
export async function drive(
  target: Target,
  clients: readonly (readonly Buffer[])[],
  seconds: number,
): Promise<Timing & { calls: number }> {
  const connections = await Promise.all(clients.map(() => RawClient.open(target.url)));
  const latencies: number[] = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  await Promise.all(
    connections.map(async (connection, index) => {
      for (const bytes of clients[index] ?? []) {
        const start = performance.now();
        if (start > end) break;
        await connection.send(bytes);
        latencies.push(performance.now() - start);
      }
    }),
  );
  const elapsed = (performance.now() - begin) / 1000;
  for (const connection of connections) connection.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { rate: latencies.length / elapsed, p50: at(0.5), p99: at(0.99), calls: latencies.length };
}
