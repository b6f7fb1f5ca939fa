import { token, type TrackingServer } from "../../../mlflow/support/trackingServer.ts";

export interface Reply<T = Record<string, unknown>> {
  status: number;
  json: T;
  text: string;
  headers: Headers;
}

/** Raw calls of the MLflow API, as somebody without a client library makes them. */
export class Api {
  readonly #server: TrackingServer;

  constructor(server: TrackingServer) {
    this.#server = server;
  }

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    options: { body?: string | Buffer | undefined; headers?: Record<string, string> } = {},
  ): Promise<Reply<T>> {
    const full = path.startsWith("/") ? path : `/api/2.0/mlflow/${path}`;
    const reply = await fetch(this.#server.uri + full, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...options.headers },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const text = await reply.text();
    let json: unknown = {};
    try {
      json = JSON.parse(text);
    } catch {
      // Not every reply is JSON.
    }
    return { status: reply.status, json: json as T, text, headers: reply.headers };
  }

  get<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.send<T>("GET", path);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown): Promise<Reply<T>> {
    return this.send<T>("POST", path, { body: JSON.stringify(body) });
  }

  /** As {@link post}, for calls that must succeed. */
  async ok<T = Record<string, unknown>>(path: string, body: unknown): Promise<T> {
    const reply = await this.post<T>(path, body);
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`);
    return reply.json;
  }

  async newExperiment(name: string): Promise<string> {
    return (await this.ok<{ experiment_id: string }>("experiments/create", { name })).experiment_id;
  }

  async newRun(experimentId: string, fields: Record<string, unknown> = {}): Promise<string> {
    const body = { experiment_id: experimentId, start_time: 1000, user_id: "ann", ...fields };
    return (await this.ok<{ run: { info: { run_id: string } } }>("runs/create", body)).run.info.run_id;
  }

  put(path: string, body: string | Buffer): Promise<Reply> {
    return this.send("PUT", `/api/2.0/mlflow-artifacts/artifacts/${path}`, { body });
  }
}

export interface WireRun {
  info: Record<string, unknown> & { run_id: string; run_name: string; status: string };
  data: {
    metrics?: { key: string; value: number | string; step: number; timestamp: number }[];
    params?: { key: string; value: string }[];
    tags?: { key: string; value: string }[];
  };
  inputs: { dataset_inputs?: unknown[]; model_inputs?: unknown[] };
  outputs?: { model_outputs?: unknown[] };
}
