import { invalidParameter } from "./fault.ts";
import {
  field,
  invalidValue,
  missing,
  objects,
  optionalInt,
  optionalString,
  toDouble,
  wrongType,
  type Fields,
} from "./fields.ts";
import { keyValues, type KeyValue } from "./fields.ts";
import { limits } from "./limits.ts";
import { checkKey, checkLength, cut } from "./names.ts";

/** A checked metric point of a request. */
export interface MetricEntry {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  model_id?: string | undefined;
  dataset_name?: string | undefined;
  dataset_digest?: string | undefined;
}

/** Reads one metric. `path` is `""` for a single one and `metrics[3].` in a batch; messages name the field with it. */
export function metricEntry(fields: Fields, path: string): MetricEntry {
  const key = optionalString(fields, "key");
  if (!key) throw missing(`${path}key`);
  const written = field(fields, "value");
  if (written === undefined || written === "") throw missing(`${path}value`);
  const value = typeof written === "number" ? written : toDouble(written);
  if (value === undefined) throw wrongType(`${path}value`, written);
  const timestamp = optionalInt(fields, "timestamp");
  if (timestamp === undefined) throw missing(`${path}timestamp`);
  const step = optionalInt(fields, "step") ?? 0;
  checkKey(key, `${path}name`);
  if (timestamp < 0) {
    const reason = `metric '${key}' (value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `;
    throw invalidParameter(invalidValue(`${path}timestamp`, timestamp, reason));
  }
  checkLength("Metric name", limits.key, key);
  const model = fields["model_id"];
  if (model === undefined || model === null || model === "") return { key, value, timestamp, step };
  return {
    key,
    value,
    timestamp,
    step,
    model_id: optionalString(fields, "model_id"),
    dataset_name: optionalString(fields, "dataset_name"),
    dataset_digest: optionalString(fields, "dataset_digest"),
  };
}

/** A checked param; a value that is too long is cut, as MLflow does. */
export function checkedParam({ key, value }: KeyValue, path: string): KeyValue {
  checkKey(key, `${path}key`);
  checkLength("Param key", limits.key, key);
  return { key, value: cut(limits.paramValue, value) };
}

/** A checked tag of a run; a value that is too long is cut. */
export function checkedTag({ key, value }: KeyValue, path: string): KeyValue {
  checkKey(key, `${path}key`);
  checkLength(`${path}key`, limits.key, key);
  return { key, value: cut(limits.tagValue, value) };
}

export interface Batch {
  metrics: MetricEntry[];
  params: KeyValue[];
  tags: KeyValue[];
}

function checkCount(what: string, limit: number, count: number): void {
  if (count <= limit) return;
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  );
}

/** Everything a `log-batch` carries, checked, before anything of it is written. */
export function batchOf(fields: Fields): Batch {
  const metrics = objects(fields, "metrics");
  const params = keyValues(fields, "params");
  const tags = keyValues(fields, "tags");
  const checked = {
    metrics: metrics.map((metric, index) => metricEntry(metric, `metrics[${index}].`)),
    params: params.map((param, index) => checkedParam(param, `params[${index}].`)),
    tags: tags.map((tag, index) => checkedTag(tag, `tags[${index}].`)),
  };
  checkCount("metrics", limits.metricsPerBatch, metrics.length);
  checkCount("params", limits.paramsPerBatch, params.length);
  checkCount("tags", limits.tagsPerBatch, tags.length);
  checkCount("metrics, params, and tags", limits.entitiesPerBatch, metrics.length + params.length + tags.length);
  checkDistinct(params);
  return checked;
}

function checkDistinct(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { key } of params) {
    if (seen.has(key)) twice.push(`'${key}'`);
    seen.add(key);
  }
  if (twice.length > 0) {
    throw invalidParameter(
      `Duplicate parameter keys have been submitted: [${twice.join(", ")}]. Please ensure ` +
        "the request contains only one param value per param key.",
    );
  }
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value).toLowerCase();
}

const statuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

/** A run's status by its name or its number in the protocol. Throws for what is neither. */
export function runStatus(fields: Fields): string | undefined {
  const value = field(fields, "status");
  if (value === undefined || value === "") return undefined;
  const name = typeof value === "number" ? statuses[value - 1] : value;
  if (typeof name !== "string" || !(statuses as readonly string[]).includes(name)) {
    throw invalidParameter(invalidValue("status", value, `Expected one of ${statuses.join(", ")}`));
  }
  return name;
}

export type ViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";
const views = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;

/** Which lifecycle stages a search looks at. */
export function viewType(fields: Fields, name: string): ViewType {
  const value = field(fields, name);
  if (value === undefined || value === "") return "ACTIVE_ONLY";
  const view = typeof value === "number" || /^\d$/.test(String(value)) ? views[Number(value) - 1] : value;
  if (typeof view !== "string" || !(views as readonly string[]).includes(view)) {
    throw invalidParameter(invalidValue(name, value, `Expected one of ${views.join(", ")}`));
  }
  return view as ViewType;
}
