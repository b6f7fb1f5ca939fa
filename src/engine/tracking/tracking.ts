import type { Readable } from "node:stream";
import type { Clock } from "#base/clock.ts";
import type { Disposable } from "#base/disposable.ts";
import type { MetricSeries, RunData } from "#contract/routes/jobs.ts";
import { StoredFiles, type StoredFile } from "../artifacts/storedFiles.ts";
import { invalidParameter, mlflowFault, toMlflowError } from "../core/mlflow/fault.ts";
import { parseQuery, requiredRunId, requiredString } from "../core/mlflow/fields.ts";
import type { EventBus } from "../core/events.ts";
import type { RelayCall, SystemSample, TrackingAnswer, TrackingService } from "../core/ports/tracking.ts";
import type { Blobs } from "../store/blobs.ts";
import type { StoreCalls } from "../store/store.ts";
import type { JournalCall } from "../store/tracking/relay.ts";
import { journalCall } from "./journal.ts";
import { attachment, mediaType } from "./mediaTypes.ts";
import { bodyText, filePath } from "./requestParts.ts";
import { mlflowCall, type MlflowCall } from "./routes.ts";
import { RunEvents } from "./runEvents.ts";

/** One call of the MLflow API, from a client over TCP or from a job through its relay. */
export interface MlflowRequest {
  workspace: string;
  method: string;
  /** What follows the workspace in the URL, percent-encoded as it came, without the query. */
  path: string;
  query: string;
  body: Buffer | null;
  /** Name of who asks. */
  actor: string;
}

export type MlflowReply =
  | { status: number; contentType: string; text: string; file?: undefined }
  | { status: 200; contentType: string; disposition: string; file: StoredFile };

const json = "application/json";

function jsonReply(status: number, text: string): MlflowReply {
  return { status, contentType: json, text };
}

/** The tracking API over the store: one dispatcher for the TCP door, the relay and the engine's own parts. */
export class Tracking implements TrackingService, Disposable {
  readonly #store: StoreCalls;
  readonly #blobs: Blobs;
  readonly #clock: Clock;
  readonly #files: StoredFiles;
  readonly #events: RunEvents;

  constructor(options: { store: StoreCalls; blobs: Blobs; packs: string; bus: EventBus; clock: Clock }) {
    this.#store = options.store;
    this.#blobs = options.blobs;
    this.#clock = options.clock;
    this.#files = new StoredFiles(options);
    this.#events = new RunEvents(options);
  }

  dispose(): void {
    this.#events.dispose();
  }

  /** Answers any call of the MLflow API. Never throws: a fault is a reply in MLflow's form. */
  async reply(request: MlflowRequest): Promise<MlflowReply> {
    try {
      return await this.#dispatch(request, mlflowCall(request.method, request.path));
    } catch (thrown) {
      const { status, body } = toMlflowError(thrown);
      return jsonReply(status, JSON.stringify(body));
    }
  }

  /** Stores a body as an artifact. The bytes are durable before their name is. Throws for an unsafe path. */
  async putArtifact(request: { workspace: string; path: string; source: Readable | Buffer }): Promise<void> {
    const path = filePath(request.path);
    const { sha256, bytes } = await this.#blobs.put(request.source);
    await this.#store.write("putArtifact", {
      workspace: request.workspace,
      file: { path, sha256, bytes },
      now: this.#clock.now(),
    });
  }

  /** The same dispatcher in the relay's form; a file is given by its place on this machine. */
  async answer(request: Omit<MlflowRequest, "body"> & { body: Buffer }): Promise<TrackingAnswer> {
    const reply = await this.reply({ ...request, body: request.body.length > 0 ? request.body : null });
    if (!reply.file) {
      return { status: reply.status, headers: { "content-type": reply.contentType }, body: Buffer.from(reply.text) };
    }
    return {
      status: 200,
      headers: { "content-type": reply.contentType, "content-disposition": reply.disposition },
      body: await this.#files.place(reply.file),
    };
  }

  /** A job's status has changed, and its run's with it. */
  runChanged(workspace: string, name: string): void {
    this.#events.changed(workspace, name, false);
  }

  setTags(run: { workspace: string; name: string; tags: Record<string, string | null> }): Promise<void> {
    return this.#changing(run.workspace, run.name, () => this.#store.write("setRunTags", run));
  }

  /** Stores samples as metrics `system/<name>`, with the seconds since the run's start as steps. */
  logSystemMetrics(run: { workspace: string; name: string; samples: SystemSample[] }): Promise<void> {
    const { workspace, name } = run;
    const samples = run.samples.flatMap(({ at, values }) =>
      Object.entries(values).map(([key, value]) => ({ key: systemKey(key), value, timestamp: at })),
    );
    if (samples.length === 0) return Promise.resolve();
    return this.#changing(workspace, name, () => this.#store.write("logSamples", { workspace, name, samples }));
  }

  async runObject(workspace: string, name: string): Promise<{ info: { experiment_id: string }; data: unknown }> {
    const run = await this.#store.read("runObject", { workspace, name });
    return run as { info: { experiment_id: string }; data: unknown };
  }

  experimentObject(workspace: string, run: string): Promise<unknown> {
    return this.#store.read("experimentOfRun", { workspace, name: run });
  }

  /** The experiment of a name, made when there is none, as MLflow shows it. */
  ensureExperiment(workspace: string, name: string, actor: string): Promise<Record<string, unknown>> {
    return this.#store.write("ensureExperiment", { workspace, name, actor, now: this.#clock.now() });
  }

  runData(workspace: string, name: string): Promise<RunData> {
    return this.#store.read("runData", { workspace, name });
  }

  metricHistory(
    workspace: string,
    name: string,
    request: { keys: readonly string[]; points: number },
  ): Promise<MetricSeries[]> {
    return this.#store.read("metricSeries", { workspace, name, ...request });
  }

  /**
   * Carries out calls of a job's journal, each exactly once by (job, attempt, seq): what was applied before is answered
   * with an empty 200 and changes nothing. The answers' statuses say what was refused; the run keeps a warning of it.
   */
  async applyRelayCalls(calls: readonly RelayCall[]): Promise<{ seq: number; status: number; body: unknown }[]> {
    const [first] = calls;
    if (!first) return [];
    const { workspace, job, attempt } = first;
    const prepared: JournalCall[] = [];
    for (const call of calls) prepared.push(await journalCall(call, this.#blobs));
    const journal = { workspace, job, attempt, actor: job, now: this.#clock.now(), calls: prepared };
    const answers = await this.#store.write("applyJournal", journal);
    for (const answer of answers) {
      if (answer.run !== null) this.#events.changed(workspace, answer.run, answer.statusChanged);
    }
    return answers.map(({ seq, status, text }) => ({ seq, status, body: JSON.parse(text) as unknown }));
  }

  async applyRelayCall(call: RelayCall): Promise<{ status: number; body: unknown }> {
    const [answer] = await this.applyRelayCalls([call]);
    return answer as { status: number; body: unknown };
  }

  /** What the engine refused after the relay had answered for it. */
  warnings(workspace: string, name: string): Promise<string[]> {
    return this.#store.read("runWarnings", { workspace, name });
  }

  async #changing(workspace: string, run: string, change: () => Promise<void>): Promise<void> {
    await change();
    this.#events.changed(workspace, run, false);
  }

  async #dispatch(request: MlflowRequest, call: MlflowCall): Promise<MlflowReply> {
    const { workspace, query } = request;
    switch (call.kind) {
      case "write": {
        const { operation, path } = call;
        const { actor } = request;
        const body = bodyText(request.body, operation === "logBatch");
        const args = { workspace, operation, path, query, body, actor, now: this.#clock.now() };
        const written = await this.#store.write("mlflowWrite", args);
        if (written.run !== null) this.#events.changed(workspace, written.run, written.statusChanged);
        return jsonReply(200, written.text);
      }
      case "read": {
        const { operation, path } = call;
        const body = bodyText(request.body, false);
        return jsonReply(200, await this.#store.read("mlflowRead", { workspace, operation, path, query, body }));
      }
      case "artifact":
        return this.#artifact(request, call.path);
      case "run-artifact":
      case "run-upload": {
        const fields = parseQuery(query);
        const root = await this.#runRoot(workspace, requiredRunId(fields));
        const path = `${root}/${filePath(requiredString(fields, "path"))}`;
        if (call.kind === "run-artifact") return this.#file(workspace, path);
        await this.putArtifact({ workspace, path, source: request.body ?? Buffer.alloc(0) });
        return jsonReply(200, "{}");
      }
      case "constant":
        return { status: 200, contentType: call.contentType, text: call.text };
      case "later":
        throw mlflowFault("NOT_IMPLEMENTED", `${call.what} not available in this version of Slipway.`);
      case "unknown":
        throw mlflowFault("ENDPOINT_NOT_FOUND", `No such endpoint: ${request.method} ${request.path}`);
    }
  }

  async #artifact(request: MlflowRequest, path: string): Promise<MlflowReply> {
    const { workspace, method, body } = request;
    if (method === "PUT") {
      await this.putArtifact({ workspace, path, source: body ?? Buffer.alloc(0) });
      return jsonReply(200, "");
    }
    if (method !== "DELETE") return this.#file(workspace, filePath(path));
    await this.#store.write("deleteArtifacts", { workspace, path: filePath(path) });
    return jsonReply(200, "{}");
  }

  async #file(workspace: string, path: string): Promise<MlflowReply> {
    const found = await this.#store.read("artifact", { workspace, path });
    if (found === null) throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `No such artifact: '${path}'`);
    if (found === "folder") throw invalidParameter(`'${path}' is a directory: list it and get its files one by one.`);
    return { status: 200, contentType: mediaType(path), disposition: attachment(path), file: found };
  }

  async #runRoot(workspace: string, name: string): Promise<string> {
    const root = await this.#store.read("runArtifactRoot", { workspace, name });
    if (root === null) throw invalidParameter(`The artifacts of run ${name} do not lie on this server.`);
    return root;
  }
}

function systemKey(name: string): string {
  return name.startsWith("system/") ? name : `system/${name}`;
}
