import type { Comparison } from "#engine/core/mlflow/comparison.ts";
import type { FilterTree } from "#engine/core/mlflow/filterTree.ts";
import { parseRunFilter, parseRunOrder } from "#engine/core/mlflow/runFilter.ts";

/** A run in plain memory, for a search without SQL that the real one is compared with. */
export interface PlainRun {
  id: string;
  name: string;
  user: string;
  status: string;
  start: number;
  end: number | null;
  metrics: Map<string, number>;
  params: Map<string, string>;
  tags: Map<string, string>;
  datasets: { name: string; digest: string; context: string | null }[];
}

function likeToRegExp(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, `s${flags}`);
}

function holds(left: string | number | null | undefined, { comparator, value }: Comparison): boolean {
  const present = left !== null && left !== undefined;
  if (comparator === "IS NULL") return !present;
  if (comparator === "IS NOT NULL") return present;
  if (!present) return false;
  switch (comparator) {
    case "=":
      return left === value;
    case "!=":
      return left !== value;
    case ">":
      return (left as number) > (value as number);
    case ">=":
      return (left as number) >= (value as number);
    case "<":
      return (left as number) < (value as number);
    case "<=":
      return (left as number) <= (value as number);
    case "LIKE":
      return likeToRegExp(value as string, "").test(String(left));
    case "ILIKE":
      return likeToRegExp(value as string, "i").test(String(left));
    case "IN":
      return (value as (string | number)[]).includes(left);
    default:
      return !(value as (string | number)[]).includes(left);
  }
}

function attributeOf(run: PlainRun, key: string): string | number | null {
  switch (key) {
    case "run_id":
      return run.id;
    case "run_name":
      return run.name;
    case "user_id":
      return run.user;
    case "status":
      return run.status;
    case "start_time":
      return run.start;
    default:
      return run.end;
  }
}

function matches(run: PlainRun, comparison: Comparison): boolean {
  const { entity, key } = comparison;
  if (entity === "metric") return holds(run.metrics.get(key), comparison);
  if (entity === "parameter") return holdsForParam(run.params.get(key), comparison);
  if (entity === "tag") return holds(run.tags.get(key), comparison);
  if (entity === "attribute") return holds(attributeOf(run, key), comparison);
  return run.datasets.some((dataset) => holds(dataset[key as "name" | "digest" | "context"], comparison));
}

function holdsForParam(value: string | undefined, comparison: Comparison): boolean {
  const numeric = typeof [comparison.value].flat()[0] === "number";
  if (!numeric || value === undefined) return holds(value, comparison);
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) && holds(Number(value), comparison);
}

function holdsFor(run: PlainRun, tree: FilterTree<Comparison>): boolean {
  if (tree.kind === "leaf") return matches(run, tree.leaf);
  if (tree.kind === "not") return !holdsFor(run, tree.part);
  return tree.kind === "all"
    ? tree.parts.every((part) => holdsFor(run, part))
    : tree.parts.some((part) => holdsFor(run, part));
}

function valueOf(run: PlainRun, entity: string, key: string): string | number | null {
  if (entity === "metric") return run.metrics.get(key) ?? null;
  if (entity === "parameter") return run.params.get(key) ?? null;
  if (entity === "tag") return run.tags.get(key) ?? null;
  return attributeOf(run, key);
}

/** 0 for a value, 1 for what is not a number, 2 for nothing: the order of these does not turn around. */
function rank(value: string | number | null): number {
  if (value === null) return 2;
  return Number.isNaN(value) ? 1 : 0;
}

function compareText(a: string | number, b: string | number): number {
  if (typeof a === "number") return a - (b as number);
  return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
}

/** Ids of the runs that a filter leaves, in the order asked for: what `runs/search` must answer. */
export function searchPlainly(runs: readonly PlainRun[], filter: string, orderBy: readonly string[]): string[] {
  const tree = parseRunFilter(filter);
  const orders = parseRunOrder(orderBy);
  const found = runs.filter((run) => holdsFor(run, tree));
  found.sort((a, b) => {
    for (const { entity, key, ascending } of orders) {
      const [left, right] = [valueOf(a, entity, key), valueOf(b, entity, key)];
      const ranks = rank(left) - rank(right);
      if (ranks !== 0) return ranks;
      if (rank(left) > 0) continue;
      const order = compareText(left as string, right as string);
      if (order !== 0) return ascending ? order : -order;
    }
    return b.start - a.start || compareText(a.id, b.id);
  });
  return found.map((run) => run.id);
}
