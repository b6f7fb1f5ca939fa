import type { RunTableColumns } from "#contract/routes/runTable.ts";
import type { ColumnKind } from "#contract/runColumns.ts";
import { l10n } from "../shared/l10n.ts";

/** A column: its id is the kind, a dot and the key (`metrics.train/loss`). */
export interface Column {
  id: string;
  kind: ColumnKind;
  key: string;
  /** Its kind and the key's first part, the same in every language: `metrics.train/`. */
  group: string;
  /** What stands above it: `Metrics · train/`. */
  groupTitle: string;
  title: string;
}

const kindTitles: Readonly<Record<ColumnKind, string>> = {
  attributes: l10n.t("Run"),
  params: l10n.t("Parameters"),
  metrics: l10n.t("Metrics"),
  tags: l10n.t("Tags"),
};

/** Titles of the attributes, in the order in which they are offered. */
const attributeTitles: Readonly<Record<string, string>> = {
  run_name: l10n.t("Name"),
  status: l10n.t("Status"),
  experiment: l10n.t("Experiment"),
  start_time: l10n.t("Started"),
  duration: l10n.t("Duration"),
  user_id: l10n.t("User"),
  compute: l10n.t("Compute"),
  type: l10n.t("Type"),
  end_time: l10n.t("Ended"),
  run_id: l10n.t("Run id"),
  artifact_uri: l10n.t("Artifacts"),
};

export const attributeColumns: readonly string[] = Object.keys(attributeTitles).map((key) => `attributes.${key}`);

export function toColumn(id: string): Column {
  const dot = id.indexOf(".");
  const kind = id.slice(0, dot) as ColumnKind;
  const key = id.slice(dot + 1);
  const prefix = kind === "attributes" ? "" : prefixOf(key);
  return {
    ...{ id, kind, key },
    group: `${kind}.${prefix}`,
    groupTitle: prefix ? `${kindTitles[kind]} · ${prefix}` : kindTitles[kind],
    title: kind === "attributes" ? (attributeTitles[key] ?? key) : key.slice(prefix.length),
  };
}

/** `train/` of `train/loss`; empty for a key without a slash. */
function prefixOf(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 && slash < key.length - 1 ? key.slice(0, slash + 1) : "";
}

/** Columns for a workspace that nobody has arranged yet: what says most, no more than a screen or two. */
export function defaultColumns({ columns }: RunTableColumns): string[] {
  const commonest = (kind: "params" | "metrics", most: number): string[] =>
    columns
      .filter((column) => column.kind === kind && !column.key.startsWith("system/"))
      .slice(0, most)
      .map(({ key }) => `${kind}.${key}`);
  return [...attributeColumns.slice(0, 5), ...grouped(commonest("metrics", 8)), ...grouped(commonest("params", 8))];
}

/** Keeps the order, with what belongs to one group beside each other. */
function grouped(ids: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const id of ids) {
    const { group } = toColumn(id);
    groups.set(group, [...(groups.get(group) ?? []), id]);
  }
  return [...groups.values()].flat();
}

/** The column with another id moved before or behind it. `at` is a place in `ids`. */
export function moved(ids: readonly string[], id: string, at: number): string[] {
  const rest = ids.filter((other) => other !== id);
  const place = Math.max(0, Math.min(rest.length, at));
  return [...rest.slice(0, place), id, ...rest.slice(place)];
}
