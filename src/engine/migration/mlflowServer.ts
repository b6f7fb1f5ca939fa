import { Readable } from "node:stream";
import { messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { safeArtifactPath } from "../core/mlflow/artifactPath.ts";
import type {
  ForeignFault,
  ForeignFile,
  ForeignItem,
  ForeignModel,
  ForeignRun,
  Pair,
  Points,
} from "../core/mlflow/foreign.ts";
import { PointColumns, pythonNumber } from "../core/mlflow/pointColumns.ts";

type Json = Record<string, unknown>;
type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Bytes of one JSON reply. */
const largestReply = 256 * 1024 * 1024;
/** Runs asked for at once. */
const atOnce = 8;
const historyPage = 25_000;
const deepest = 50;

/** Reads an MLflow server through its API, as any client does. Redirects are not followed. */
export class MlflowServer {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  readonly #send: Send;

  constructor(options: { uri: string; authorization: string | undefined; fetch?: Send }) {
    this.#send = options.fetch ?? fetch;
    const url = new URL(options.uri);
    const basic = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const own = basic === ":" ? undefined : `Basic ${Buffer.from(basic).toString("base64")}`;
    const authorization = own ?? options.authorization;
    this.#base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
    this.#headers = authorization === undefined ? {} : { authorization };
  }

  /** Everything, or the experiments that are wanted and what is in them. */
  async *items(wanted: (experiment: { name: string }) => boolean = () => true): AsyncGenerator<ForeignItem[]> {
    const all = await this.#pages("experiments/search", { view_type: "ALL", max_results: 1000 }, "experiments");
    const experiments = all.filter((experiment) => wanted({ name: text(experiment, "name") }));
    yield experiments.map((experiment) => ({
      kind: "experiment",
      id: text(experiment, "experiment_id"),
      name: text(experiment, "name"),
      lifecycle: stage(experiment),
      creationTime: optionalNumber(experiment, "creation_time"),
      lastUpdateTime: optionalNumber(experiment, "last_update_time"),
      tags: pairs(experiment["tags"]),
    }));
    for (const experiment of experiments) yield* this.#runs(text(experiment, "experiment_id"));
    for (const experiment of experiments) yield* this.#models(text(experiment, "experiment_id"));
  }

  /** The bytes of an artifact. */
  async open(url: string): Promise<Readable> {
    const reply = await this.#fetch(url, {});
    if (!reply.body) throw new Error("The reply is empty.");
    return Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]);
  }

  async *#runs(experimentId: string): AsyncGenerator<ForeignItem[]> {
    let token: string | undefined;
    do {
      const page = await this.#post("runs/search", {
        experiment_ids: [experimentId],
        run_view_type: "ALL",
        max_results: 200,
        ...(token === undefined ? {} : { page_token: token }),
      });
      const runs = list(page["runs"]);
      for (let at = 0; at < runs.length; at += atOnce) {
        const some = runs.slice(at, at + atOnce);
        yield (await Promise.all(some.map((run) => this.#run(run, experimentId)))).flat();
      }
      token = typeof page["next_page_token"] === "string" ? page["next_page_token"] : undefined;
    } while (token);
  }

  async #run(run: Json, experimentId: string): Promise<ForeignItem[]> {
    const info = object(run["info"]);
    const data = object(run["data"]);
    const id = text(info, "run_id");
    const place = `${this.#base}: runs/${id}`;
    try {
      const keys = list(data["metrics"]).map((metric) => text(metric, "key"));
      const uri = String(info["artifact_uri"] ?? "");
      const { files, faults } = await this.#files(uri, `artifacts/list?run_id=${encodeURIComponent(id)}`, id);
      const inputs = object(run["inputs"]);
      const item: ForeignRun = {
        kind: "run",
        id,
        place,
        experimentId,
        name: String(info["run_name"] ?? ""),
        user: String(info["user_id"] ?? ""),
        status: text(info, "status"),
        startTime: optionalNumber(info, "start_time") ?? 0,
        endTime: optionalNumber(info, "end_time"),
        lifecycle: stage(info),
        deletedTime: null,
        artifactUri: uri,
        params: pairs(data["params"]),
        tags: pairs(data["tags"]),
        points: await this.#points(id, keys),
        datasets: list(inputs["dataset_inputs"]).map(dataset),
        models: [
          ...list(inputs["model_inputs"]).map((each) => ({
            direction: "input" as const,
            id: text(each, "model_id"),
            step: 0,
          })),
          ...list(object(run["outputs"])["model_outputs"]).map((each) => ({
            direction: "output" as const,
            id: text(each, "model_id"),
            step: optionalNumber(each, "step") ?? 0,
          })),
        ],
        files,
      };
      return [item, ...faults];
    } catch (thrown) {
      return [{ kind: "fault", place, reason: messageOf(thrown) }];
    }
  }

  async #points(id: string, keys: readonly string[]): Promise<Points> {
    const columns = new PointColumns();
    for (const key of keys) {
      columns.begin(key);
      let token = "";
      do {
        const query = new URLSearchParams({ run_id: id, metric_key: key, max_results: String(historyPage) });
        if (token) query.set("page_token", token);
        const page = await this.#get(`metrics/get-history?${query}`);
        for (const metric of list(page["metrics"])) {
          const value = typeof metric["value"] === "number" ? metric["value"] : pythonNumber(String(metric["value"]));
          if (value === undefined) throw new Error(`The metric ${key} has a value that is no number.`);
          columns.add(optionalNumber(metric, "timestamp") ?? 0, optionalNumber(metric, "step") ?? 0, value);
        }
        token = typeof page["next_page_token"] === "string" ? page["next_page_token"] : "";
      } while (token);
    }
    return columns.finish();
  }

  async *#models(experimentId: string): AsyncGenerator<ForeignItem[]> {
    const body = { experiment_ids: [experimentId], max_results: 50 };
    // Servers before MLflow 3 have none.
    const models = await this.#pages("logged-models/search", body, "models", [404, 405, 501]);
    for (const model of models) yield await this.#model(model, experimentId);
  }

  async #model(model: Json, experimentId: string): Promise<ForeignItem[]> {
    const info = object(model["info"]);
    const data = object(model["data"]);
    const id = text(info, "model_id");
    const place = `${this.#base}: logged-models/${id}`;
    try {
      const uri = String(info["artifact_uri"] ?? "");
      const { files, faults } = await this.#files(
        uri,
        `logged-models/${encodeURIComponent(id)}/artifacts/directories?`,
        null,
      );
      const item: ForeignModel = {
        kind: "model",
        id,
        place,
        experimentId,
        name: text(info, "name"),
        creationTime: optionalNumber(info, "creation_timestamp_ms") ?? 0,
        lastUpdatedTime: optionalNumber(info, "last_updated_timestamp_ms") ?? 0,
        status: modelStatus(info),
        lifecycle: "active",
        modelType: optionalText(info, "model_type"),
        sourceRunId: optionalText(info, "source_run_id"),
        artifactUri: uri,
        params: pairs(data["params"]),
        tags: pairs(info["tags"]),
        points: list(data["metrics"]).map((metric) => ({
          key: text(metric, "key"),
          value: typeof metric["value"] === "number" ? metric["value"] : (pythonNumber(String(metric["value"])) ?? NaN),
          timestamp: optionalNumber(metric, "timestamp") ?? 0,
          step: optionalNumber(metric, "step") ?? 0,
          runId: text(metric, "run_id"),
          datasetName: optionalText(metric, "dataset_name"),
          datasetDigest: optionalText(metric, "dataset_digest"),
        })),
        files,
      };
      return [item, ...faults];
    } catch (thrown) {
      return [{ kind: "fault", place, reason: messageOf(thrown) }];
    }
  }

  /** Files that the server hands out. What it keeps in a store of objects without doing so stays there. */
  async #files(
    uri: string,
    listing: string,
    runId: string | null,
  ): Promise<{ files: ForeignFile[]; faults: ForeignFault[] }> {
    const files: ForeignFile[] = [];
    const faults: ForeignFault[] = [];
    const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/.exec(uri)?.[1];
    if (proxied === undefined && (runId === null || !/^(\/|file:)/.test(uri))) {
      if (runId === null)
        faults.push({ kind: "fault", place: uri, reason: "The server does not hand these artifacts out." });
      return { files, faults };
    }
    const visit = async (path: string, depth: number): Promise<void> => {
      if (depth > deepest) throw new Error("Its artifacts lie too deep within each other.");
      const key = runId === null ? "artifact_directory_path" : "path";
      const page = await this.#get(`${listing}&${key}=${encodeURIComponent(path)}`);
      for (const entry of list(page["files"])) {
        const name = text(entry, "path");
        if (!isBelow(name, path))
          faults.push({ kind: "fault", place: `${uri}/${name}`, reason: "Its name cannot be one of an artifact." });
        else if (entry["is_dir"] === true) await visit(name, depth + 1);
        else
          files.push({
            path: name,
            bytes: optionalNumber(entry, "file_size") ?? 0,
            url: this.#fileUrl(proxied, runId, name),
          });
      }
    };
    await visit("", 0);
    return { files, faults };
  }

  #fileUrl(proxied: string | undefined, runId: string | null, path: string): string {
    if (proxied === undefined) {
      return `${this.#base}/get-artifact?${new URLSearchParams({ run_uuid: runId ?? "", path })}`;
    }
    const whole = `${proxied.replace(/\/+$/, "")}/${path}`;
    return `${this.#base}/api/2.0/mlflow-artifacts/artifacts/${whole.split("/").map(encodeURIComponent).join("/")}`;
  }

  async #pages(path: string, body: Json, field: string, none: readonly number[] = []): Promise<Json[]> {
    const all: Json[] = [];
    let token: string | undefined;
    do {
      const page = await this.#post(path, { ...body, ...(token === undefined ? {} : { page_token: token }) }, none);
      all.push(...list(page[field]));
      token = typeof page["next_page_token"] === "string" ? page["next_page_token"] : undefined;
    } while (token);
    return all;
  }

  #get(path: string): Promise<Json> {
    return this.#json(path, {});
  }

  #post(path: string, body: Json, none: readonly number[] = []): Promise<Json> {
    const headers = { "content-type": "application/json" };
    return this.#json(path, { method: "POST", body: JSON.stringify(body), headers }, none);
  }

  async #json(path: string, init: RequestInit, none: readonly number[] = []): Promise<Json> {
    const reply = await this.#fetch(`${this.#base}/api/2.0/mlflow/${path}`, init, none);
    if (none.includes(reply.status)) return {};
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of reply.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > largestReply) throw new Error(`The reply to ${path} is larger than ${largestReply} bytes.`);
      chunks.push(chunk as Uint8Array);
    }
    return object(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  }

  async #fetch(url: string, init: RequestInit, none: readonly number[] = []): Promise<Response> {
    let reply: Response;
    try {
      const headers = { ...this.#headers, ...(init.headers as Record<string, string> | undefined) };
      reply = await this.#send(url, { ...init, headers, redirect: "error" });
    } catch (thrown) {
      throw slipwayError("target-unreachable", `${this.#base} does not answer: ${reasonOf(thrown)}`, {
        next: "Is the MLflow server running, and is the address right?",
      });
    }
    if (reply.ok || none.includes(reply.status)) return reply;
    const words = (await reply.text()).slice(0, 300);
    throw slipwayError("target-fault", `${this.#base} answered ${reply.status}: ${words}`, {
      next: reply.status === 401 ? "Set MLFLOW_TRACKING_TOKEN, or put user:password into the address." : "",
    });
  }
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return messageOf(cause ?? thrown);
}

function isBelow(path: string, folder: string): boolean {
  try {
    return safeArtifactPath(path) === path && path.startsWith(folder === "" ? "" : `${folder}/`) && path !== folder;
  } catch {
    return false;
  }
}

function object(value: unknown): Json {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function optionalText(from: Json, key: string): string | null {
  const value = from[key];
  return typeof value === "string" ? value : null;
}

function text(from: Json, key: string): string {
  const value = optionalText(from, key);
  if (value === null) throw new Error(`The server's answer has no '${key}'.`);
  return value;
}

/** Numbers come as such, or as texts from servers that follow the protocol to the letter. */
function optionalNumber(from: Json, key: string): number | null {
  const value = from[key];
  if (value === undefined || value === null) return null;
  const number = Number(value);
  if (Number.isNaN(number)) throw new Error(`The server's answer has a '${key}' that is no number.`);
  return number;
}

function stage(from: Json): "active" | "deleted" {
  return from["lifecycle_stage"] === "deleted" ? "deleted" : "active";
}

function modelStatus(info: Json): string {
  const status = text(info, "status");
  return status.startsWith("LOGGED_MODEL_") ? status : `LOGGED_MODEL_${status}`;
}

function pairs(value: unknown): Pair[] {
  return list(value).map((pair) => [text(pair, "key"), optionalText(pair, "value") ?? ""]);
}

function dataset(input: Json): ForeignRun["datasets"][number] {
  const from = object(input["dataset"]);
  return {
    name: text(from, "name"),
    digest: text(from, "digest"),
    sourceType: optionalText(from, "source_type") ?? "",
    source: optionalText(from, "source") ?? "",
    schema: optionalText(from, "schema"),
    profile: optionalText(from, "profile"),
    tags: pairs(input["tags"]),
  };
}
