import { invalidParameter } from "./fault.ts";
import { differentType, type Clause } from "./filterSyntax.ts";

export type Entity = "metric" | "parameter" | "tag" | "attribute" | "dataset";

/** A clause whose left side is known and whose comparator and value fit it. */
export interface Comparison {
  entity: Entity;
  key: string;
  comparator: string;
  /** Null with IS [NOT] NULL. A param is compared as a number when this is one, or a list of them. */
  value: number | string | string[] | number[] | null;
}

export const numericComparators = [">", ">=", "!=", "=", "<", "<="] as const;
export const textComparators = ["!=", "=", "LIKE", "ILIKE"] as const;
export const nullableComparators = [...textComparators, "IS NULL", "IS NOT NULL"] as const;
export const listableComparators = [...textComparators, "IN", "NOT IN"] as const;

function pythonSet(items: readonly string[]): string {
  return `{${items.map((item) => `'${item}'`).join(", ")}}`;
}

export function pythonList(items: readonly string[]): string {
  return `[${items.map((item) => `'${item}'`).join(", ")}]`;
}

export function checkComparator(comparator: string, valid: readonly string[]): void {
  if (!valid.includes(comparator)) {
    throw invalidParameter(`Invalid comparator '${comparator}' not one of '${pythonSet(valid)}'`);
  }
}

/** The number of a clause on a metric or a time; a list of them with IN and NOT IN. Checks the comparator too. */
export function numbersOf(clause: Clause, what: string): number | number[] {
  if (isListComparator(clause.comparator)) {
    if (clause.value?.kind === "numbers") return clause.value.numbers;
    throw invalidParameter(`Expected a list of numbers for ${what}. Found ${clause.value?.text ?? "NULL"}`);
  }
  const value = numberOf(clause, what);
  checkComparator(clause.comparator, numericComparators);
  return value;
}

function numberOf(clause: Clause, what: string): number {
  if (clause.value?.kind !== "number") {
    throw invalidParameter(`Expected numeric value type for ${what}. Found ${clause.value?.text ?? "NULL"}`);
  }
  return clause.value.number;
}

/** The text of a clause on a param, tag or text attribute. */
export function textOf(clause: Clause, what: string): string {
  if (clause.value?.kind !== "string") {
    throw invalidParameter(
      `Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${clause.value?.text ?? "NULL"}`,
    );
  }
  return clause.value.string;
}

/** The texts of an IN list. */
export function textsOf(clause: Clause, what: string): string[] {
  if (clause.value?.kind === "numbers") throw differentType(clause.value.text);
  if (clause.value?.kind !== "list") {
    throw invalidParameter(`Expected a list of quoted string values for ${what}. Got ${clause.value?.text ?? "NULL"}`);
  }
  return clause.value.strings;
}

/** Whether a clause compares with unquoted numbers, in a way that numbers can be compared. */
export function isNumeric({ comparator, value }: Clause): boolean {
  if (isListComparator(comparator)) return value?.kind === "numbers";
  return value?.kind === "number" && (numericComparators as readonly string[]).includes(comparator);
}

export function isListComparator(comparator: string): boolean {
  return comparator === "IN" || comparator === "NOT IN";
}

export function isNullComparator(comparator: string): boolean {
  return comparator === "IS NULL" || comparator === "IS NOT NULL";
}
