import { invalidParameter } from "../../../core/mlflow/fault.ts";
import {
  field,
  keyValues,
  missing,
  objects,
  optionalInt,
  optionalString,
  requiredRunId,
  requiredString,
  type Fields,
  type KeyValue,
} from "../../../core/mlflow/fields.ts";
import { limits } from "../../../core/mlflow/limits.ts";
import { checkLength, checkRunId } from "../../../core/mlflow/names.ts";
import type { Db } from "../../database.ts";
import type { WriteOperation } from "../context.ts";
import { activeRunOf, setRunTag, type RunRow } from "../runs.ts";

interface DatasetInput {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
  tags: KeyValue[];
}

function datasetInput(fields: Fields): DatasetInput {
  const dataset = fields["dataset"] as Fields | undefined;
  if (dataset === undefined || dataset === null || typeof dataset !== "object") {
    throw invalidParameter("Dataset input must have a dataset associated with it.");
  }
  const input = {
    name: requiredString(dataset, "name"),
    digest: requiredString(dataset, "digest"),
    sourceType: optionalString(dataset, "source_type") ?? "",
    source: optionalString(dataset, "source") ?? "",
    schema: optionalString(dataset, "schema") ?? null,
    profile: optionalString(dataset, "profile") ?? null,
    tags: keyValues(fields, "tags"),
  };
  checkLength("name", limits.datasetName, input.name);
  checkLength("digest", limits.datasetDigest, input.digest);
  checkLength("source", limits.datasetSource, input.source);
  checkLength("schema", limits.datasetSchema, input.schema ?? "");
  checkLength("profile", limits.datasetProfile, input.profile ?? "");
  for (const tag of input.tags) {
    checkLength("key", limits.inputTagKey, tag.key);
    checkLength("value", limits.inputTagValue, tag.value);
  }
  return input;
}

function linkDataset(db: Db, run: RunRow, input: DatasetInput): void {
  db.run(
    `INSERT OR IGNORE INTO datasets (experiment_id, name, digest, source_type, source, schema, profile)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    run.experiment_id,
    input.name,
    input.digest,
    input.sourceType,
    input.source,
    input.schema,
    input.profile,
  );
  const context = input.tags.find((tag) => tag.key === "mlflow.data.context")?.value ?? null;
  db.run(
    `INSERT OR IGNORE INTO run_datasets (run_id, dataset_id, context, tags)
     SELECT ?, id, ?, ? FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?`,
    run.id,
    context,
    JSON.stringify(input.tags),
    run.experiment_id,
    input.name,
    input.digest,
  );
}

function linkModel(db: Db, run: RunRow, direction: "input" | "output", modelId: string, step: number): void {
  db.run(
    "INSERT OR IGNORE INTO run_models (run_id, direction, model_id, step) VALUES (?, ?, ?, ?)",
    run.id,
    direction,
    modelId,
    step,
  );
}

export const logInputs: WriteOperation = (context) => {
  const { db, fields } = context;
  const name = requiredRunId(fields);
  checkRunId(name);
  const datasets = objects(fields, "datasets").map((input) => datasetInput(input));
  const models = objects(fields, "models").map((model) => requiredString(model, "model_id"));
  const run = activeRunOf(db, context.workspaceId, name);
  for (const dataset of datasets) linkDataset(db, run, dataset);
  for (const model of models) linkModel(db, run, "input", model, 0);
  context.touched.run = run.name;
  return {};
};

const modelHistory = "mlflow.log-model.history";
const modelFields = ["artifact_path", "flavors", "utc_time_created", "run_id"];

function parseModel(text: string): Fields {
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (model === null || typeof model !== "object") {
    throw invalidParameter(`Malformed model info. \n ${text} \n is not a valid JSON.`);
  }
  const absent = modelFields.filter((name) => !Object.hasOwn(model, name));
  if (absent.length > 0) {
    throw invalidParameter(`Model json is missing mandatory fields: {${absent.map((name) => `'${name}'`).join(", ")}}`);
  }
  return model as Fields;
}

/** What the tag keeps of a model: where it is and its flavours without their configuration. */
function modelEntry(model: Fields): Fields {
  const entry: Fields = {};
  for (const name of ["run_id", "artifact_path", "utc_time_created", "model_uuid"]) {
    if (model[name] !== undefined) entry[name] = model[name];
  }
  const flavors = Object.entries((model["flavors"] ?? {}) as Record<string, unknown>);
  entry["flavors"] = Object.fromEntries(
    flavors.map(([flavor, settings]) => {
      if (settings === null || typeof settings !== "object") return [flavor, settings];
      const { config: _config, ...rest } = settings as Fields;
      return [flavor, rest];
    }),
  );
  return entry;
}

function parseHistory(text: string | undefined): unknown[] {
  try {
    const history: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(history) ? history : [];
  } catch {
    // Anybody may set this tag; what is no list is replaced by one.
    return [];
  }
}

/** How clients before MLflow 3 note a model on its run: one more entry in a tag. */
export const logModel: WriteOperation = (context) => {
  const { db, fields, workspaceId } = context;
  const name = requiredRunId(fields);
  const entry = modelEntry(parseModel(requiredString(fields, "model_json")));
  const run = activeRunOf(db, workspaceId, name);
  const before = db.get<{ value: string }>("SELECT value FROM tags WHERE run_id = ? AND key = ?", run.id, modelHistory);
  const history = JSON.stringify([...parseHistory(before?.value), entry]);
  setRunTag(db, workspaceId, run.id, modelHistory, history);
  context.touched.run = run.name;
  return {};
};

export const logOutputs: WriteOperation = (context) => {
  const { db, fields } = context;
  const name = requiredRunId(fields);
  if (field(fields, "models") === undefined) throw missing("models");
  const models = objects(fields, "models").map((model) => ({
    id: requiredString(model, "model_id"),
    step: optionalInt(model, "step") ?? 0,
  }));
  const run = activeRunOf(db, context.workspaceId, name);
  for (const model of models) linkModel(db, run, "output", model.id, model.step);
  context.touched.run = run.name;
  return {};
};
