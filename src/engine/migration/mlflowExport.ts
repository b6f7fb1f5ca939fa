import { mkdir, readdir } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { Readable } from "node:stream";
import { messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { MigrationResult } from "#contract/routes/migration.ts";
import type { StoredFiles } from "../artifacts/storedFiles.ts";
import type { ForeignItem } from "../core/mlflow/foreign.ts";
import type { Tracking } from "../tracking/tracking.ts";
import { FileStoreWriter } from "./fileStoreWriter.ts";
import { MlflowServer } from "./mlflowServer.ts";

export interface ExportRequest {
  workspace: string;
  /** An empty folder, or one that does not exist yet. */
  to: string;
  /** Names of experiments; all when there are none. */
  experiments: readonly string[];
  actor: string;
}

/** Writes a workspace as an MLflow file store. It reads through the same API as every MLflow client. */
export class MlflowExport {
  readonly #tracking: Pick<Tracking, "reply">;
  readonly #files: StoredFiles;

  constructor(options: { tracking: Pick<Tracking, "reply">; files: StoredFiles }) {
    this.#tracking = options.tracking;
    this.#files = options.files;
  }

  /** Yields the figures after each step. Throws `conflict` when the folder holds something already. */
  async *run(request: ExportRequest, signal: AbortSignal): AsyncGenerator<MigrationResult> {
    const { to } = request;
    if (!isAbsolute(to)) throw slipwayError("invalid-request", `The path ${to} is not absolute.`);
    await mkdir(to, { recursive: true });
    if ((await readdir(to)).length > 0) {
      throw slipwayError("conflict", `The folder ${to} is not empty.`, { next: "Name one that is empty or new." });
    }
    const server = new MlflowServer({ uri: "http://engine", authorization: undefined, fetch: this.#fetch(request) });
    const writer = new FileStoreWriter({ root: to, open: (url) => server.open(url) });
    const result: MigrationResult = {
      experiments: { added: 0, found: 0 },
      runs: { added: 0, updated: 0, unchanged: 0 },
      logged_models: { added: 0, updated: 0, unchanged: 0 },
      metric_points: 0,
      artifacts: { files: 0, bytes: 0 },
      left_out: [],
    };
    const wanted = new Set(request.experiments);
    const seen = new Set<string>();
    for await (const items of server.items((experiment) => wanted.size === 0 || wanted.has(experiment.name))) {
      if (signal.aborted) return;
      for (const item of items) {
        if (item.kind === "experiment") seen.add(item.name);
        await take(writer, item, result);
      }
      yield result;
    }
    for (const name of wanted) {
      if (seen.has(name)) continue;
      result.left_out.push({ place: `experiment ${name}`, reason: "There is no experiment of this name." });
    }
    yield result;
  }

  /** The engine's own MLflow API in the place of a network. */
  #fetch({ workspace, actor }: ExportRequest): (url: string, init: RequestInit) => Promise<Response> {
    return async (address, init) => {
      const url = new URL(address);
      const body = typeof init.body === "string" ? Buffer.from(init.body) : null;
      const reply = await this.#tracking.reply({
        workspace,
        method: init.method ?? "GET",
        path: url.pathname,
        query: url.search.slice(1),
        body,
        actor,
      });
      if (!reply.file) return new Response(reply.text, { status: reply.status });
      const stream = Readable.toWeb(await this.#files.open(reply.file)) as ReadableStream;
      return new Response(stream, { status: 200 });
    };
  }
}

async function take(writer: FileStoreWriter, item: ForeignItem, result: MigrationResult): Promise<void> {
  if (item.kind === "fault") {
    result.left_out.push({ place: item.place, reason: item.reason });
    return;
  }
  const place = item.kind === "experiment" ? `experiment ${item.name}` : `${item.kind} ${item.id}`;
  try {
    if (item.kind === "experiment") {
      await writer.experiment(item);
      result.experiments.added++;
      return;
    }
    result.artifacts.bytes += item.kind === "run" ? await writer.run(item) : await writer.model(item);
    result.artifacts.files += item.files.length;
    result[item.kind === "run" ? "runs" : "logged_models"].added++;
    if (item.kind === "run") result.metric_points += item.points.values.length;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOSPC") {
      throw slipwayError("disk-full", "There is no space left for the export.", { cause: thrown });
    }
    result.left_out.push({ place, reason: messageOf(thrown) });
  }
}
