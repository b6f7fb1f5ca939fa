import {
  checkComparator,
  isListComparator,
  isNullComparator,
  nullableComparators,
  numericComparators,
  pythonList,
  textComparators,
  textOf,
  textsOf,
  type Comparison,
} from "./comparison.ts";
import { invalidParameter } from "./fault.ts";
import { parseOrderTerm, splitName, type Clause } from "./filterSyntax.ts";
import { mapTree, parseFilterTree, type FilterTree } from "./filterTree.ts";
import { experimentNumber } from "./names.ts";

const attributes = ["name", "experiment_id", "creation_time", "last_update_time"];
const times = ["creation_time", "last_update_time"];

function identify(left: string): { entity: "attribute" | "tag"; key: string } {
  const { prefix, key } = splitName(left);
  if (prefix === "tag" || prefix === "tags") return { entity: "tag", key };
  if (prefix !== null && prefix !== "attribute") {
    throw invalidParameter(`Invalid entity type '${prefix}'. Valid entity types are ('attribute', 'tag', 'tags')`);
  }
  if (!attributes.includes(key)) {
    throw invalidParameter(`Invalid attribute key '${key}' specified. Valid keys are '${pythonList(attributes)}'`);
  }
  return { entity: "attribute", key };
}

function toComparison(clause: Clause): Comparison {
  const { entity, key } = identify(clause.left);
  const { comparator } = clause;
  if (isListComparator(comparator) && (entity === "tag" || key === "name")) {
    return { entity, key, comparator, value: textsOf(clause, entity) };
  }
  if (entity === "tag") {
    checkComparator(comparator, nullableComparators);
    return { entity, key, comparator, value: isNullComparator(comparator) ? null : textOf(clause, "tag") };
  }
  if (key === "experiment_id") {
    if (!["=", "!=", "IN", "NOT IN"].includes(comparator)) {
      throw invalidParameter(`Invalid comparator for experiment_id: ${comparator}`);
    }
    const ids = isListComparator(comparator) ? textsOf(clause, key) : [textOf(clause, "attributes")];
    const numbers = ids.map((id) => String(experimentNumber(id)));
    return { entity, key, comparator, value: isListComparator(comparator) ? numbers : (numbers[0] as string) };
  }
  if (times.includes(key)) {
    checkComparator(comparator, numericComparators);
    if (clause.value?.kind !== "number" || !clause.value.integer) {
      throw invalidParameter(`Invalid value for numeric attribute '${key}': '${clause.value?.text ?? "NULL"}'`);
    }
    return { entity, key, comparator, value: clause.value.number };
  }
  checkComparator(comparator, textComparators);
  return { entity, key, comparator, value: textOf(clause, "attributes") };
}

/** An `experiments/search` filter, checked. */
export function parseExperimentFilter(filter: string | undefined): FilterTree<Comparison> {
  return mapTree(parseFilterTree(filter), toComparison);
}

export interface ExperimentOrder {
  key: string;
  ascending: boolean;
}

/** The `order_by` of `experiments/search`; without one, the newest first. */
export function parseExperimentOrder(terms: readonly string[]): ExperimentOrder[] {
  const orders = (terms.length > 0 ? terms : ["creation_time DESC", "experiment_id ASC"]).map((term) => {
    const { left, ascending } = parseOrderTerm(term);
    const { entity, key } = identify(left);
    if (entity !== "attribute") throw invalidParameter(`Invalid order_by entity: ${entity}`);
    return { key, ascending };
  });
  if (!orders.some((order) => order.key === "experiment_id")) orders.push({ key: "experiment_id", ascending: false });
  return orders;
}
