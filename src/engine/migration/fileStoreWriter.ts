import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import {
  modelStatuses,
  runStatuses,
  type ForeignDataset,
  type ForeignExperiment,
  type ForeignFile,
  type ForeignModel,
  type ForeignRun,
  type Pair,
  type Points,
} from "../core/mlflow/foreign.ts";

type Meta = Record<string, string | number | null | Record<string, string>>;

/**
 * Writes an MLflow file store. Each run and model is written beside its place and moved there when it is whole. Keys are
 * paths in such a store: two of which one is a folder of the other cannot be in the same run.
 */
export class FileStoreWriter {
  readonly #root: string;
  readonly #open: (url: string) => Promise<Readable>;
  /** Where each experiment lies; a deleted one is in the trash. */
  readonly #folders = new Map<string, string>();

  constructor(options: { root: string; open: (url: string) => Promise<Readable> }) {
    this.#root = options.root;
    this.#open = options.open;
  }

  async experiment(experiment: ForeignExperiment): Promise<void> {
    const { id } = experiment;
    const folder = experiment.lifecycle === "deleted" ? join(this.#root, ".trash", id) : join(this.#root, id);
    this.#folders.set(id, folder);
    await writeText(
      folder,
      "meta.yaml",
      yaml({
        artifact_location: this.#location(id),
        creation_time: experiment.creationTime,
        experiment_id: id,
        last_update_time: experiment.lastUpdateTime,
        lifecycle_stage: experiment.lifecycle,
        name: experiment.name,
      }),
    );
    await writePairs(join(folder, "tags"), experiment.tags);
  }

  /** Answers with the bytes of its files. */
  async run(run: ForeignRun): Promise<number> {
    const folder = this.#folderOf(run.experimentId);
    for (const dataset of run.datasets) {
      const place = join(folder, "datasets", datasetId(dataset));
      await writeText(
        place,
        "meta.yaml",
        yaml({
          digest: dataset.digest,
          name: dataset.name,
          profile: dataset.profile,
          schema: dataset.schema,
          source: dataset.source,
          source_type: dataset.sourceType,
        }),
      );
    }
    return this.#whole(join(folder, run.id), async (part) => {
      await writeText(part, "meta.yaml", yaml(this.#runMeta(run)));
      for (const name of ["metrics", "params", "tags"]) await mkdir(join(part, name), { recursive: true });
      await writePairs(join(part, "params"), run.params);
      await writePairs(join(part, "tags"), run.tags);
      await writePoints(join(part, "metrics"), run.points);
      await writeLinks(part, run);
      return this.#writeFiles(join(part, "artifacts"), run.files);
    });
  }

  async model(model: ForeignModel): Promise<number> {
    const folder = join(this.#folderOf(model.experimentId), "models", model.id);
    return this.#whole(folder, async (part) => {
      await writeText(
        part,
        "meta.yaml",
        yaml({
          artifact_location: this.#location(model.experimentId, "models", model.id, "artifacts"),
          creation_timestamp: model.creationTime,
          experiment_id: model.experimentId,
          last_updated_timestamp: model.lastUpdatedTime,
          model_id: model.id,
          model_type: model.modelType,
          name: model.name,
          source_run_id: model.sourceRunId,
          status: modelStatuses.indexOf(model.status as (typeof modelStatuses)[number]) + 1,
          status_message: null,
        }),
      );
      await writePairs(join(part, "params"), model.params);
      await writePairs(join(part, "tags"), model.tags);
      const lines = new Map<string, string>();
      for (const { key, value, timestamp, step, runId, datasetName, datasetDigest } of model.points) {
        const dataset = datasetName === null ? "" : ` ${datasetName} ${datasetDigest ?? ""}`;
        lines.set(key, `${lines.get(key) ?? ""}${timestamp} ${pythonText(value)} ${step} ${runId}${dataset}\n`);
      }
      await writePairs(join(part, "metrics"), [...lines]);
      return this.#writeFiles(join(part, "artifacts"), model.files);
    });
  }

  #folderOf(experiment: string): string {
    const folder = this.#folders.get(experiment);
    if (folder === undefined) throw new Error(`Its experiment ${experiment} was not written.`);
    return folder;
  }

  /** A restored experiment lies outside of the trash again: locations are those of then, as MLflow has them. */
  #location(...parts: string[]): string {
    return pathToFileURL(join(this.#root, ...parts)).href;
  }

  #runMeta(run: ForeignRun): Meta {
    const own = run.artifactUri.startsWith("mlflow-artifacts:");
    return {
      artifact_uri: own ? this.#location(run.experimentId, run.id, "artifacts") : run.artifactUri,
      deleted_time: run.lifecycle === "deleted" ? (run.deletedTime ?? run.endTime ?? run.startTime) : null,
      end_time: run.endTime,
      entry_point_name: "",
      experiment_id: run.experimentId,
      lifecycle_stage: run.lifecycle,
      run_id: run.id,
      run_name: run.name,
      // Clients before MLflow 3 ask for it.
      run_uuid: run.id,
      source_name: "",
      source_type: 4,
      source_version: "",
      start_time: run.startTime,
      status: runStatuses.indexOf(run.status as (typeof runStatuses)[number]) + 1,
      user_id: run.user,
    };
  }

  async #whole(folder: string, write: (part: string) => Promise<number>): Promise<number> {
    const part = join(this.#root, ".trash", ".part");
    await rm(part, { recursive: true, force: true });
    await mkdir(join(part, "artifacts"), { recursive: true });
    try {
      const bytes = await write(part);
      await mkdir(dirname(folder), { recursive: true });
      await rename(part, folder);
      return bytes;
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }

  async #writeFiles(folder: string, files: readonly ForeignFile[]): Promise<number> {
    let bytes = 0;
    for (const { path, url } of files) {
      if (url === undefined) continue;
      const place = below(folder, path);
      await mkdir(dirname(place), { recursive: true });
      const output = createWriteStream(place, { flags: "wx" });
      await pipeline(await this.#open(url), output);
      bytes += output.bytesWritten;
    }
    return bytes;
  }
}

/** Where a key or a path lies below a folder; one that leads elsewhere is refused. */
function below(folder: string, path: string): string {
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..") || path.includes("\0")) {
    throw new Error(`'${path}' cannot be the name of a file.`);
  }
  return join(folder, ...parts);
}

async function writeText(folder: string, path: string, text: string): Promise<void> {
  const place = below(folder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, text);
}

async function writePairs(folder: string, pairs: readonly Pair[]): Promise<void> {
  for (const [key, value] of pairs) await writeText(folder, key, value);
}

async function writePoints(folder: string, points: Points): Promise<void> {
  let at = 0;
  for (const [index, key] of points.keys.entries()) {
    let text = "";
    for (const end = at + (points.counts[index] ?? 0); at < end; at++) {
      text += `${points.timestamps[at]} ${pythonText(points.values[at] as number)} ${points.steps[at]}\n`;
    }
    await writeText(folder, key, text);
  }
}

async function writeLinks(folder: string, run: ForeignRun): Promise<void> {
  for (const dataset of run.datasets) {
    const id = datasetId(dataset);
    const link = { destination_id: id, destination_type: "RUN", source_id: id, source_type: "DATASET" };
    const tags = Object.fromEntries(dataset.tags);
    await writeText(folder, `inputs/${md5(id, run.id)}/meta.yaml`, yaml({ ...link, tags }));
  }
  for (const { direction, id, step } of run.models) {
    const place = direction === "input" ? `inputs/${md5(id, run.id)}` : `outputs/${id}`;
    const types =
      direction === "input"
        ? { destination_type: "RUN", source_type: "MODEL" }
        : { destination_type: "MODEL_OUTPUT", source_type: "RUN_OUTPUT", step };
    await writeText(folder, `${place}/meta.yaml`, yaml({ destination_id: id, source_id: id, ...types, tags: {} }));
  }
}

function md5(...texts: string[]): string {
  const hash = createHash("md5");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
}

/** MLflow's own id of a dataset in a file store. */
function datasetId({ name, digest }: ForeignDataset): string {
  return md5(name, digest);
}

function pythonText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}

/** A mapping of scalars. Texts stand in double quotes, all but plain ASCII escaped, so that every YAML reader agrees on them. */
function yaml(meta: Meta): string {
  return Object.entries(meta)
    .map(([key, value]) => {
      if (value === null || typeof value === "number") return `${key}: ${value}\n`;
      if (typeof value === "string") return `${key}: ${quoted(value)}\n`;
      const inner = Object.entries(value).map(([name, text]) => `  ${quoted(name)}: ${quoted(text)}\n`);
      return inner.length > 0 ? `${key}:\n${inner.join("")}` : `${key}: {}\n`;
    })
    .join("");
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
