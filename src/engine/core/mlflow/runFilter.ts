import {
  checkComparator,
  isListComparator,
  isNullComparator,
  isNumeric,
  listableComparators,
  nullableComparators,
  numbersOf,
  pythonList,
  textOf,
  textsOf,
  type Comparison,
  type Entity,
} from "./comparison.ts";
import { atPlace, invalidParameter } from "./fault.ts";
import { parseOrderTerm, splitName, type Clause } from "./filterSyntax.ts";
import { mapTree, parsePlacedFilter, type FilterTree } from "./filterTree.ts";

const entities: Readonly<Record<string, Entity>> = {
  metric: "metric",
  metrics: "metric",
  parameter: "parameter",
  parameters: "parameter",
  param: "parameter",
  params: "parameter",
  tag: "tag",
  tags: "tag",
  attribute: "attribute",
  attributes: "attribute",
  attr: "attribute",
  run: "attribute",
  dataset: "dataset",
  datasets: "dataset",
};

/** What a run has beside its params, metrics, tags and datasets. */
export interface RunAttributes {
  text: readonly string[];
  numeric: readonly string[];
}

const mlflowAttributes: RunAttributes = {
  text: ["run_id", "run_name", "user_id", "status", "artifact_uri"],
  numeric: ["start_time", "end_time"],
};
const aliases: Readonly<Record<string, string>> = {
  created: "start_time",
  Created: "start_time",
  "run name": "run_name",
  "Run name": "run_name",
  "Run Name": "run_name",
};
const datasetKeys = ["name", "digest", "context"];

function identify(left: string, attributes: RunAttributes): { entity: Entity; key: string } {
  const { prefix, key } = splitName(left);
  const entity = prefix === null ? "attribute" : entities[prefix];
  if (!entity || (prefix !== null && !Object.hasOwn(entities, prefix))) {
    const valid = pythonList(["metric", "parameter", "tag", "attribute", "dataset"]);
    throw invalidParameter(`Invalid entity type '${prefix}'. Valid values are ${valid}`);
  }
  if (entity === "attribute") {
    const name = Object.hasOwn(aliases, key) ? (aliases[key] as string) : key;
    const validAttributes = [...attributes.text, ...attributes.numeric];
    if (!validAttributes.includes(name)) {
      throw invalidParameter(
        `Invalid attribute key '${key}' specified. Valid keys are '${pythonList(validAttributes)}'`,
      );
    }
    return { entity, key: name };
  }
  if (entity === "dataset" && !datasetKeys.includes(key)) {
    throw invalidParameter(`Invalid dataset key '${key}' specified. Valid keys are '${pythonList(datasetKeys)}'`);
  }
  return { entity, key };
}

function toComparison(clause: Clause, attributes: RunAttributes): Comparison {
  const { entity, key } = identify(clause.left, attributes);
  const { comparator } = clause;
  if (isNullComparator(comparator)) {
    if (entity !== "tag" && entity !== "parameter") {
      throw invalidParameter(
        `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${key}'`,
      );
    }
    return { entity, key, comparator, value: null };
  }
  if (entity === "metric" || (entity === "parameter" && isNumeric(clause))) {
    return { entity, key, comparator, value: numbersOf(clause, entity) };
  }
  if (entity === "parameter" || entity === "tag") {
    if (isListComparator(comparator)) return { entity, key, comparator, value: textsOf(clause, entity) };
    const value = textOf(clause, entity);
    checkComparator(comparator, nullableComparators);
    return { entity, key, comparator, value };
  }
  if (entity === "attribute" && attributes.numeric.includes(key)) {
    return { entity, key, comparator, value: numbersOf(clause, `numeric attribute: ${key}`) };
  }
  checkComparator(comparator, listableComparators);
  if (!isListComparator(comparator)) {
    return {
      entity,
      key,
      comparator,
      value: textOf(clause, entity === "dataset" ? "dataset attributes" : "attributes"),
    };
  }
  return { entity, key, comparator, value: textsOf(clause, entity) };
}

/** A `runs/search` filter, checked. Throws INVALID_PARAMETER_VALUE with what would have been valid, and its place. */
export function parseRunFilter(
  filter: string | undefined,
  attributes: RunAttributes = mlflowAttributes,
): FilterTree<Comparison> {
  return mapTree(parsePlacedFilter(filter), ({ clause, place }) => {
    try {
      return toComparison(clause, attributes);
    } catch (thrown) {
      throw atPlace(thrown, place);
    }
  });
}

export interface RunOrder {
  entity: Exclude<Entity, "dataset">;
  key: string;
  ascending: boolean;
}

/** The `order_by` of `runs/search`. The store adds start time (newest first) and run id after these. */
export function parseRunOrder(terms: readonly string[]): RunOrder[] {
  const orders = terms.map((term): RunOrder => {
    const { left, ascending } = parseOrderTerm(term);
    const { entity, key } = identify(left, mlflowAttributes);
    if (entity === "dataset") throw invalidParameter(`Invalid identifier type '${entity}'`);
    return { entity, key, ascending };
  });
  const seen = new Set(orders.map((order) => `${order.entity}.${order.key}`));
  if (seen.size < orders.length) {
    throw invalidParameter(`\`order_by\` contains duplicate fields: ${pythonList(terms)}`);
  }
  return orders;
}
