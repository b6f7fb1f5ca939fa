import {
  isListComparator,
  isNullComparator,
  isNumeric,
  listableComparators,
  numbersOf,
  numericComparators,
  type Comparison,
} from "./comparison.ts";
import { invalidParameter } from "./fault.ts";
import { field, optionalBoolean, optionalString, type Fields } from "./fields.ts";
import { splitName, type Clause } from "./filterSyntax.ts";
import { mapTree, parseFilterTree, type FilterTree } from "./filterTree.ts";

const prefixes = { attributes: "attribute", metrics: "metric", params: "parameter", tags: "tag" } as const;
const times: Readonly<Record<string, string>> = {
  creation_timestamp: "creation_time",
  creation_timestamp_ms: "creation_time",
  creation_time: "creation_time",
  last_updated_timestamp: "last_updated_time",
  last_updated_timestamp_ms: "last_updated_time",
  last_updated_time: "last_updated_time",
};
const texts = ["name", "model_id", "model_type", "status", "source_run_id"];
const statuses: Readonly<Record<string, string>> = {
  PENDING: "LOGGED_MODEL_PENDING",
  READY: "LOGGED_MODEL_READY",
  FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
};

/** What stands left of a comparison, checked. */
function toSubject(left: string): { entity: Comparison["entity"]; key: string; numeric: boolean; shown: string } {
  const { prefix, key: written } = splitName(left);
  if (prefix !== null && !Object.hasOwn(prefixes, prefix)) {
    throw invalidParameter(
      `Invalid entity type: '${prefix}'. Expected one of ['attributes', 'metrics', 'params', 'tags'].`,
    );
  }
  const entity = prefix === null ? "attribute" : prefixes[prefix as keyof typeof prefixes];
  const time = entity === "attribute" ? times[written] : undefined;
  const key = time ?? written;
  if (entity === "attribute" && time === undefined && !texts.includes(key)) {
    throw invalidParameter(`Invalid attribute key '${key}' specified.`);
  }
  const numeric = entity === "metric" || time !== undefined;
  return { entity, key, numeric, shown: `${prefix ?? "attributes"}.${key}` };
}

function toComparison(clause: Clause): Comparison {
  const { entity, key, numeric, shown } = toSubject(clause.left);
  if ((entity === "parameter" || entity === "metric") && isNumeric(clause)) {
    return { entity, key, comparator: clause.comparator, value: numbersOf(clause, key) };
  }
  const valid: readonly string[] = numeric ? numericComparators : listableComparators;
  const { comparator, value } = clause;
  if (isNullComparator(comparator) || !valid.includes(comparator)) {
    throw invalidParameter(
      `Invalid comparison operator for ${shown}: '${comparator}'. Expected one of (` +
        `${valid.map((item) => `'${item}'`).join(", ")}).`,
    );
  }
  if (numeric) {
    if (value?.kind !== "number")
      throw invalidParameter(`Expected a number for ${key}. Found ${value?.text ?? "NULL"}`);
    return { entity, key, comparator, value: value.number };
  }
  const found = textOf(value);
  if (found === undefined || Array.isArray(found) !== isListComparator(comparator)) {
    throw invalidParameter(`Invalid value ${value?.text ?? "NULL"} for ${key}.`);
  }
  if (key !== "status" || entity !== "attribute") return { entity, key, comparator, value: found };
  const translate = (status: string) => statuses[status] ?? status;
  return { entity, key, comparator, value: Array.isArray(found) ? found.map(translate) : translate(found) };
}

/** A text or a list of texts; undefined for a number and for nothing. */
function textOf(value: Clause["value"]): string | string[] | undefined {
  if (value?.kind === "list") return value.strings;
  return value?.kind === "string" ? value.string : undefined;
}

/** A `logged-models/search` filter, checked. */
export function parseLoggedModelFilter(filter: string | undefined): FilterTree<Comparison> {
  return mapTree(parseFilterTree(filter), toComparison);
}

export interface LoggedModelOrder {
  entity: "attribute" | "metric";
  key: string;
  ascending: boolean;
  datasetName: string | null;
  datasetDigest: string | null;
}

/** The `order_by` objects of `logged-models/search`. */
export function parseLoggedModelOrder(terms: readonly Fields[]): LoggedModelOrder[] {
  return terms.map((term) => {
    const name = optionalString(term, "field_name")?.trim();
    if (!name) throw invalidParameter("`field_name` in the `order_by` clause must be specified.");
    const datasetName = optionalString(term, "dataset_name") || null;
    const datasetDigest = optionalString(term, "dataset_digest") || null;
    if (datasetDigest && !datasetName) {
      throw invalidParameter("`dataset_digest` can only be specified if `dataset_name` is also specified.");
    }
    const ascending = field(term, "ascending") === undefined || optionalBoolean(term, "ascending") === true;
    const { prefix, key } = splitName(name);
    if (prefix === "metrics") return { entity: "metric", key, ascending, datasetName, datasetDigest };
    if (prefix !== null) {
      throw invalidParameter(`Invalid order by field name: ${name}. Only metrics are supported.`);
    }
    const column = times[key] ?? key;
    if (times[key] === undefined && !texts.includes(key)) {
      throw invalidParameter(`Invalid order by field name: ${name}`);
    }
    return { entity: "attribute", key: column, ascending, datasetName, datasetDigest };
  });
}
