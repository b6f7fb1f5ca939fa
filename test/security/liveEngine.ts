import { Agent, request, type OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import { BuiltHome } from "../cli/built.ts";

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

export interface RawRequest {
  method: string;
  /** As it goes over the wire: no library tidies it up. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

/** Which door to knock at: a TCP port of this machine or a Unix socket. */
export type Door = { port: number } | { socketPath: string };

/** One request exactly as it is given. Rejects when the connection is cut without an answer. */
export function knock(door: Door, asked: RawRequest, agent?: Agent): Promise<Answer> {
  const where = "port" in door ? { host: "127.0.0.1", port: door.port } : door;
  const { method, path, headers, body } = asked;
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, method, path, headers, agent: agent ?? false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("error", reject);
      reply.on("end", () =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** The built engine on a home of its own, a client of it, and both of its doors. */
export class LiveEngine {
  readonly built: BuiltHome;
  readonly client: SlipwayClient;
  /** MLflow's address and the user's token in the workspace `default`. */
  readonly uri: string;
  readonly token: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(built: BuiltHome, client: SlipwayClient, access: { uri: string; token: string }) {
    this.built = built;
    this.client = client;
    this.uri = access.uri;
    this.token = access.token;
  }

  static async start(options: { built?: BuiltHome; environment?: Record<string, string> } = {}): Promise<LiveEngine> {
    const built = options.built ?? new BuiltHome();
    const client = await connect({
      home: built.home,
      from: join(import.meta.dirname, "../../dist"),
      node: process.execPath,
      ...(options.environment ? { environment: options.environment } : {}),
    });
    const access = await client.trackingAccess({ params: { workspace: "default" } });
    return new LiveEngine(built, client, access);
  }

  get home(): string {
    return this.built.home;
  }

  get tcp(): { port: number } {
    return { port: Number(new URL(this.uri).port) };
  }

  get socket(): { socketPath: string } {
    return { socketPath: this.client.engine.socket };
  }

  knock(door: Door, asked: RawRequest): Promise<Answer> {
    return knock(door, asked, this.#agent);
  }

  /** A call of the MLflow API as its client makes it, with the user's token; `path` begins below the workspace. */
  mlflow(method: string, path: string, body?: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const isBytes = typeof body === "string" || Buffer.isBuffer(body);
    return this.knock(this.tcp, {
      method,
      path: `/w/default${path}`,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
    });
  }

  /** Submits a Python script that runs with the machine's python3. */
  submitScript(name: string, text: string): Promise<Job> {
    const file = this.built.write(`${name}.py`, text);
    return this.client.submit("default", { source: { file }, python: "python3", name });
  }

  /** Waits until a job is as `isSo` wants it. */
  async until(name: string, isSo: (job: Job) => boolean, withinMs = 60_000): Promise<Job> {
    const end = performance.now() + withinMs;
    for (;;) {
      const job = await this.client.showJob({ params: { workspace: "default", name } });
      if (isSo(job)) return job;
      if (performance.now() > end) throw new Error(`${name} stays ${JSON.stringify(job, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  ended(name: string, withinMs?: number): Promise<Job> {
    return this.until(name, (job) => isTerminal(job.status), withinMs);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.client.dispose();
    await this.built.remove();
  }
}
