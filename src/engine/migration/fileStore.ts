import { join } from "node:path";
import {
  modelStatuses,
  runStatuses,
  type ForeignDataset,
  type ForeignFault,
  type ForeignItem,
  type ForeignModel,
  type ForeignModelPoint,
  type ForeignRun,
  type Points,
} from "../core/mlflow/foreign.ts";
import { PointColumns, pythonNumber } from "../core/mlflow/pointColumns.ts";
import type { LocalArtifacts } from "./localArtifacts.ts";
import { keysBelow, Meta, namesIn, readHistory, readPairs, Unreadable } from "./textEntries.ts";

/** Folders of an experiment that are no runs. */
const reserved = new Set(["tags", "datasets", "traces", "models"]);

/**
 * Reads an `mlruns` folder: first the experiments, then their runs, then their logged models. What cannot be read is a
 * fault with its place, and the rest goes on.
 */
export function* fileStoreItems(root: string, artifacts: LocalArtifacts): Generator<ForeignItem> {
  const folders = [root, join(root, ".trash")].flatMap((parent) =>
    namesIn(parent)
      .filter((name) => name !== ".trash" && !(parent === root && name === "models"))
      .map((name) => join(parent, name))
      .filter((folder) => namesIn(folder).length > 0),
  );
  const experiments: { id: string; folder: string }[] = [];
  for (const folder of folders) {
    for (const item of attempt(folder, () => experiment(folder))) {
      if (item.kind === "experiment") experiments.push({ id: item.id, folder });
      yield item;
    }
  }
  for (const { id, folder } of experiments) {
    for (const name of namesIn(folder)) {
      const place = join(folder, name);
      if (reserved.has(name) || namesIn(place).length === 0) continue;
      yield* attempt(place, () => run(place, name, id, folder, artifacts));
    }
  }
  for (const { id, folder } of experiments) {
    for (const name of namesIn(join(folder, "models"))) {
      const place = join(folder, "models", name);
      yield* attempt(place, () => model(place, name, id, artifacts));
    }
  }
}

function attempt(place: string, read: () => ForeignItem[]): ForeignItem[] {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Unreadable) return [{ kind: "fault", place: thrown.place, reason: thrown.message }];
    return [{ kind: "fault", place, reason: (thrown as Error).message }];
  }
}

function lifecycle(meta: Meta): "active" | "deleted" {
  const stage = meta.optional("lifecycle_stage") ?? "active";
  if (stage === "active" || stage === "deleted") return stage;
  throw new Unreadable(meta.place, `Its 'lifecycle_stage' is unknown: ${stage.slice(0, 80)}`);
}

/** A number or name of one of `names`, counted from 1. */
function statusOf(meta: Meta, names: readonly string[], standard: string): string {
  const text = meta.optional("status") ?? standard;
  const name = /^\d+$/.test(text) ? names[Number(text) - 1] : text;
  if (name !== undefined && names.includes(name)) return name;
  throw new Unreadable(meta.place, `Its 'status' is unknown: ${text.slice(0, 80)}`);
}

function checkSame(meta: Meta, key: string, value: string, expected: string): void {
  if (value !== expected)
    throw new Unreadable(meta.place, `Its '${key}' is ${value.slice(0, 80)}, its folder is ${expected}.`);
}

function experiment(folder: string): ForeignItem[] {
  const meta = new Meta(join(folder, "meta.yaml"));
  return [
    {
      kind: "experiment",
      id: meta.text("experiment_id"),
      name: meta.text("name"),
      lifecycle: lifecycle(meta),
      creationTime: meta.optionalNumber("creation_time"),
      lastUpdateTime: meta.optionalNumber("last_update_time"),
      tags: readPairs(join(folder, "tags")),
    },
  ];
}

function run(
  folder: string,
  name: string,
  experimentId: string,
  experimentFolder: string,
  artifacts: LocalArtifacts,
): ForeignItem[] {
  const meta = new Meta(join(folder, "meta.yaml"));
  const id = meta.optional("run_id") ?? meta.text("run_uuid");
  checkSame(meta, "run_id", id, name);
  checkSame(meta, "experiment_id", meta.text("experiment_id"), experimentId);
  const tags = readPairs(join(folder, "tags"));
  const uri = meta.optional("artifact_uri") ?? "";
  const { files, faults } = artifacts.find(uri, [join(folder, "artifacts"), ...artifacts.placesOf(uri)]);
  const item: ForeignRun = {
    kind: "run",
    id,
    place: folder,
    experimentId,
    name: meta.optional("run_name") ?? tags.find(([key]) => key === "mlflow.runName")?.[1] ?? "",
    user: meta.optional("user_id") ?? "",
    status: statusOf(meta, runStatuses, "RUNNING"),
    startTime: meta.optionalNumber("start_time") ?? 0,
    endTime: meta.optionalNumber("end_time"),
    lifecycle: lifecycle(meta),
    deletedTime: meta.optionalNumber("deleted_time"),
    artifactUri: uri,
    params: readPairs(join(folder, "params")),
    tags,
    points: readPoints(join(folder, "metrics")),
    ...readInputs(folder, experimentFolder),
    files,
  };
  return [item, ...faults];
}

function malformed(folder: string, key: string, line: number): Unreadable {
  return new Unreadable(join(folder, key), `Line ${line} is no point of a metric.`);
}

/** `time value step`; without a step in old stores, with a dataset's name and digest behind it in new ones. */
function readPoints(folder: string): Points {
  const columns = new PointColumns();
  for (const key of keysBelow(folder)) {
    columns.begin(key);
    const text = readHistory(join(folder, key));
    let line = 0;
    for (let begin = 0; begin < text.length;) {
      const end = text.indexOf("\n", begin);
      const parts = text.slice(begin, end < 0 ? text.length : end).split(" ");
      begin = end < 0 ? text.length : end + 1;
      line++;
      if (parts.length === 1 && parts[0]?.trim() === "") continue;
      const timestamp = Number(parts[0]);
      const value = pythonNumber((parts[1] ?? "").trimEnd());
      const step = parts.length > 2 ? Number(parts[2]) : 0;
      if (parts.length < 2 || value === undefined || !Number.isSafeInteger(timestamp) || !Number.isSafeInteger(step)) {
        throw malformed(folder, key, line);
      }
      columns.add(timestamp, step, value);
    }
  }
  return columns.finish();
}

function readInputs(folder: string, experimentFolder: string): Pick<ForeignRun, "datasets" | "models"> {
  const datasets: ForeignDataset[] = [];
  const models: ForeignRun["models"] = [];
  for (const name of namesIn(join(folder, "inputs"))) {
    const meta = new Meta(join(folder, "inputs", name, "meta.yaml"));
    const source = meta.text("source_id");
    if (!/^[\w-]+$/.test(source)) throw new Unreadable(meta.place, "Its 'source_id' is no id.");
    if (meta.text("source_type") === "MODEL") models.push({ direction: "input", id: source, step: 0 });
    else datasets.push(readDataset(join(experimentFolder, "datasets", source, "meta.yaml"), meta));
  }
  for (const name of namesIn(join(folder, "outputs"))) {
    const meta = new Meta(join(folder, "outputs", name, "meta.yaml"));
    models.push({ direction: "output", id: meta.text("destination_id"), step: meta.optionalNumber("step") ?? 0 });
  }
  return { datasets, models };
}

function readDataset(path: string, input: Meta): ForeignDataset {
  const meta = new Meta(path);
  return {
    name: meta.text("name"),
    digest: meta.text("digest"),
    sourceType: meta.optional("source_type") ?? "",
    source: meta.optional("source") ?? "",
    schema: meta.optional("schema"),
    profile: meta.optional("profile"),
    tags: input.pairs("tags"),
  };
}

function model(folder: string, name: string, experimentId: string, artifacts: LocalArtifacts): ForeignItem[] {
  const meta = new Meta(join(folder, "meta.yaml"));
  const id = meta.text("model_id");
  checkSame(meta, "model_id", id, name);
  checkSame(meta, "experiment_id", meta.text("experiment_id"), experimentId);
  const uri = meta.optional("artifact_location") ?? "";
  const { files, faults } = artifacts.find(uri, [join(folder, "artifacts"), ...artifacts.placesOf(uri)]);
  const item: ForeignModel = {
    kind: "model",
    id,
    place: folder,
    experimentId,
    name: meta.text("name"),
    creationTime: meta.optionalNumber("creation_timestamp") ?? 0,
    lastUpdatedTime: meta.optionalNumber("last_updated_timestamp") ?? 0,
    status: statusOf(meta, modelStatuses, "LOGGED_MODEL_PENDING"),
    lifecycle: lifecycle(meta),
    modelType: meta.optional("model_type"),
    sourceRunId: meta.optional("source_run_id"),
    artifactUri: uri,
    params: readPairs(join(folder, "params")),
    tags: readPairs(join(folder, "tags")),
    points: keysBelow(join(folder, "metrics")).flatMap((key) => modelPoints(join(folder, "metrics"), key)),
    files,
  };
  return [item, ...(faults satisfies ForeignFault[])];
}

/** `time value step run`, perhaps with a dataset's name and digest. */
function modelPoints(folder: string, key: string): ForeignModelPoint[] {
  const lines = readHistory(join(folder, key)).split("\n");
  return lines.flatMap((text, index) => {
    if (text.trim() === "") return [];
    const parts = text.trimEnd().split(" ");
    const value = pythonNumber(parts[1] ?? "");
    if ((parts.length !== 4 && parts.length !== 6) || value === undefined) throw malformed(folder, key, index + 1);
    return [
      {
        key,
        value,
        timestamp: Number(parts[0]),
        step: Number(parts[2]),
        runId: parts[3] as string,
        datasetName: parts[4] ?? null,
        datasetDigest: parts[5] ?? null,
      },
    ];
  });
}
