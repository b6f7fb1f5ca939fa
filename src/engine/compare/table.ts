import { factGroups, type ComparedFact } from "#contract/routes/compare.ts";
import type { Fact } from "./facts.ts";

/** A value longer than this is shown by its beginning; it is still compared as a whole. */
const longestShown = 300;

/** A line of a comparison with what each run's value is compared by. */
export interface TableRow extends Omit<ComparedFact, "values"> {
  values: (string | null)[];
  identities: (string | null)[];
}

/** Facts of many runs side by side, in the order of the groups, then by key. */
export function tableOf(runs: readonly (readonly Fact[])[]): TableRow[] {
  const rows = new Map<string, TableRow>();
  for (const [index, facts] of runs.entries()) {
    for (const { group, key, shown, identity } of facts) {
      const id = `${group}\n${key}`;
      let row = rows.get(id);
      if (!row) {
        const empty = (): null[] => Array.from({ length: runs.length }, () => null);
        row = { group, key, differs: false, values: empty(), identities: empty() };
        rows.set(id, row);
      }
      row.values[index] = shown.length > longestShown ? `${shown.slice(0, longestShown)}…` : shown;
      row.identities[index] = identity ?? shown;
    }
  }
  const order = new Map(factGroups.map((group, place) => [group, place]));
  for (const row of rows.values()) row.differs = row.identities.some((value) => value !== row.identities[0]);
  return [...rows.values()].sort(
    (a, b) =>
      (order.get(a.group) ?? 0) - (order.get(b.group) ?? 0) || a.key.localeCompare(b.key, "en", { numeric: true }),
  );
}

/** As it crosses the wire: one value stands for all where nothing differs. */
export function toFact({ group, key, differs, values }: TableRow): ComparedFact {
  return { group, key, differs, values: differs ? values : values.slice(0, 1) };
}
