import type { FoundRuns, RunQuery, RunTableColumns, RunTableRow, RunView } from "#contract/routes/runTable.ts";
import { runAttributes } from "#contract/runColumns.ts";
import type { Comparison } from "../../core/mlflow/comparison.ts";
import { runStatusNames } from "../../core/mlflow/jobStatusOf.ts";
import { parseRunFilter } from "../../core/mlflow/runFilter.ts";
import type { Db } from "../database.ts";
import type { QueryTable } from "../table.ts";
import { joinSql, treeSql, type Sql } from "../tracking/conditions.ts";
import { knownKey, runCondition } from "../tracking/runSearch.ts";
import { statusColumn } from "./jobList.ts";

/** Rows that a table can hold; more are counted, not listed. */
const mostRows = 100_000;
const mostKeys = 5000;

const started = "CASE WHEN j.run_id IS NULL THEN nullif(r.start_time, 0) ELSE j.started_at END";
const ended = "CASE WHEN j.run_id IS NULL THEN r.end_time ELSE j.ended_at END";
const stage = `CASE WHEN r.lifecycle_stage = 'deleted' THEN 'deleted' WHEN coalesce(j.archived, r.archived) = 1 THEN 'archived' ELSE 'active' END`;

/** The expression of each attribute. A duration goes on until the run has ended. */
const attributes = (now: number): Readonly<Record<string, string>> => ({
  run_id: "r.name",
  run_name: "coalesce(j.display_name, r.display_name)",
  user_id: "coalesce(j.owner, r.user_id)",
  status: statusColumn,
  artifact_uri: "r.artifact_uri",
  experiment: "coalesce(j.experiment_name, e.name)",
  compute: "coalesce(j.compute, '')",
  type: "coalesce(j.type, 'base')",
  start_time: started,
  end_time: ended,
  duration: `(coalesce(${ended}, ${Math.floor(now)}) - ${started}) / 1000.0`,
});

/** The order of joins is fixed: runs are few beside what they have logged. */
const tables = `FROM runs r CROSS JOIN experiments e ON e.id = r.experiment_id LEFT JOIN jobs j ON j.run_id = r.id`;
const inWorkspace = "r.workspace_id = (SELECT id FROM workspaces WHERE name = ?)";

/** A status may be written as MLflow writes it. */
function withOurStatus(comparison: Comparison): Comparison {
  if (comparison.entity !== "attribute" || comparison.key !== "status") return comparison;
  const ours = (name: string) => runStatusNames[name] ?? name;
  const { value } = comparison;
  if (typeof value === "string") return { ...comparison, value: ours(value) };
  return Array.isArray(value) ? { ...comparison, value: value.map((one) => ours(String(one))) } : comparison;
}

function splitColumn(column: string): { kind: string; key: string } {
  const dot = column.indexOf(".");
  return { kind: column.slice(0, dot), key: column.slice(dot + 1) };
}

/** Joins and terms of an order. What has no value comes last, whichever the direction; numbers come before other texts. */
function orderOf(
  db: Db,
  order: RunQuery["order"],
  columns: Readonly<Record<string, string>>,
): { joins: Sql[]; terms: string[] } {
  const joins: Sql[] = [];
  const terms: string[] = [];
  for (const [index, { column, ascending }] of order.entries()) {
    const { kind, key } = splitColumn(column);
    const alias = `o${index}`;
    const direction = ascending ? "ASC" : "DESC";
    if (kind === "attributes") {
      const expression = columns[key];
      if (expression === undefined) continue;
      terms.push(`(${expression}) IS NULL`, `${expression} ${direction}`);
      continue;
    }
    if (kind === "metrics") {
      const id = knownKey(db, key) ?? -1;
      joins.push({
        text: `LEFT JOIN latest_metrics ${alias} ON ${alias}.run_id = r.id AND ${alias}.key_id = ${id}`,
        values: [],
      });
      terms.push(`${alias}.run_id IS NULL`, `${alias}.value IS NULL`, `${alias}.value ${direction}`);
      continue;
    }
    const table = kind === "tags" ? "tags" : "params";
    joins.push({ text: `LEFT JOIN ${table} ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ?`, values: [key] });
    // A text is a number when, taken for one, it is not above all numbers.
    const number = `${alias}.value <= CAST(9e999 AS REAL)`;
    terms.push(`${alias}.value IS NULL`, `NOT (${number})`);
    terms.push(`CASE WHEN ${number} THEN CAST(${alias}.value AS REAL) END ${direction}`, `${alias}.value ${direction}`);
  }
  return { joins, terms: [...terms, "r.start_time DESC", "r.id DESC"] };
}

function conditionsOf(
  db: Db,
  search: RunQuery & { workspace: string },
  columns: Readonly<Record<string, string>>,
): Sql {
  const parts: Sql[] = [{ text: inWorkspace, values: [search.workspace] }];
  if (search.experiments.length > 0) {
    const names = JSON.stringify(search.experiments);
    parts.push({ text: `${columns["experiment"]} IN (SELECT value FROM json_each(?))`, values: [names] });
  }
  if (search.stage !== "all") parts.push({ text: `${stage} = ?`, values: [search.stage] });
  const filter = parseRunFilter(search.filter, runAttributes);
  parts.push(treeSql(filter, (comparison) => runCondition(db, withOurStatus(comparison), columns)));
  return joinSql(parts, "\n AND ");
}

/** Cells of the kinds that runs log, by column and run. */
function loggedCells(
  db: Db,
  ids: string,
  wanted: readonly { kind: string; key: string }[],
): Map<string, RunTableRow["cells"][number]> {
  const cells = new Map<string, RunTableRow["cells"][number]>();
  const read = (kind: string, sql: string): void => {
    const keys = wanted.filter((column) => column.kind === kind).map(({ key }) => key);
    if (keys.length === 0) return;
    const rows = db.all<{ run: number; key: string; value: number | string | null }>(sql, ids, JSON.stringify(keys));
    for (const { run, key, value } of rows) cells.set(`${run} ${kind}.${key}`, value ?? "NaN");
  };
  const keyed = (table: string) => `SELECT x.run_id AS run, x.key, x.value FROM json_each(?) i
    CROSS JOIN json_each(?) k CROSS JOIN ${table} x ON x.run_id = i.value AND x.key = k.value`;
  read("params", keyed("params"));
  read("tags", keyed("tags"));
  read(
    "metrics",
    `SELECT x.run_id AS run, k.key, x.value FROM json_each(?) i
     CROSS JOIN metric_keys k ON k.key IN (SELECT value FROM json_each(?))
     CROSS JOIN latest_metrics x ON x.run_id = i.value AND x.key_id = k.id`,
  );
  return cells;
}

export const runTableQueries = {
  /** Numbers of the runs that a filter finds, in order. Throws `invalid-request` with the place of a filter's fault. */
  searchRunTable(db: Db, args: RunQuery & { workspace: string; now: number }): FoundRuns {
    const columns = attributes(args.now);
    const where = conditionsOf(db, args, columns);
    const { joins, terms } = orderOf(db, args.order, columns);
    const from = joinSql(joins, "\n");
    const ids = db.raw
      .prepare<unknown[], number>(
        `SELECT r.id ${tables} ${from.text} WHERE ${where.text} ORDER BY ${terms.join(", ")} LIMIT ${mostRows}`,
      )
      .pluck()
      .all(...from.values, ...where.values);
    if (ids.length < mostRows) return { ids, total: ids.length };
    const counted = db.raw.prepare<unknown[], number>(`SELECT count(*) ${tables} WHERE ${where.text}`).pluck();
    return { ids, total: counted.get(...where.values) ?? ids.length };
  },

  /** Some runs of a workspace in the order of `ids`. */
  runTableRows(db: Db, args: { workspace: string; ids: number[]; columns: string[]; now: number }): RunTableRow[] {
    const expressions = attributes(args.now);
    const wanted = args.columns.map(splitColumn);
    const own = [
      ...new Set(wanted.filter(({ kind, key }) => kind === "attributes" && expressions[key]).map(({ key }) => key)),
    ];
    const list = JSON.stringify(args.ids);
    const rows = db.raw
      .prepare<unknown[], Record<string, number | string | null>>(
        `SELECT r.id AS id, r.name AS name, ${expressions["run_name"]} AS display_name, ${statusColumn} AS status,
           ${stage} AS stage ${own.map((key) => `, ${expressions[key]} AS "attribute ${key}"`).join("")}
         FROM json_each(?) i CROSS JOIN runs r ON r.id = i.value CROSS JOIN experiments e ON e.id = r.experiment_id
         LEFT JOIN jobs j ON j.run_id = r.id WHERE ${inWorkspace} ORDER BY i.id`,
      )
      .all(list, args.workspace);
    const cells = loggedCells(db, list, wanted);
    return rows.map((row) => ({
      ...({ id: row["id"], name: row["name"], display_name: row["display_name"] } as Pick<
        RunTableRow,
        "id" | "name" | "display_name"
      >),
      ...({ status: row["status"], stage: row["stage"] } as Pick<RunTableRow, "status" | "stage">),
      cells: wanted.map(({ kind, key }) =>
        kind === "attributes" ? (row[`attribute ${key}`] ?? null) : (cells.get(`${row["id"]} ${kind}.${key}`) ?? null),
      ),
    }));
  },

  /** Keys that runs have logged and experiments that have runs. */
  runTableColumns(db: Db, args: { workspace: string; experiments: string[] }): RunTableColumns {
    const workspaceId = db.get<{ id: number }>("SELECT id FROM workspaces WHERE name = ?", args.workspace)?.id ?? -1;
    const experiments = JSON.stringify(args.experiments);
    const runs = `runs r ON r.id = x.run_id AND r.workspace_id = $workspaceId AND ($experiments = '[]'
      OR r.experiment_id IN (SELECT id FROM experiments WHERE workspace_id = $workspaceId AND name IN (SELECT value FROM json_each($experiments))))`;
    const ending = `GROUP BY 1 ORDER BY runs DESC, 1 LIMIT ${mostKeys}`;
    const keys = (table: string) =>
      db.all<{ key: string; runs: number }>(
        `SELECT x.key AS key, count(*) AS runs FROM ${table} x JOIN ${runs} ${ending}`,
        { workspaceId, experiments },
      );
    const metrics = db.all<{ key: string; runs: number }>(
      `SELECT k.key AS key, counted.runs AS runs FROM (
         SELECT x.key_id AS id, count(*) AS runs FROM latest_metrics x JOIN ${runs} ${ending}
       ) counted JOIN metric_keys k ON k.id = counted.id ORDER BY counted.runs DESC, k.key`,
      { workspaceId, experiments },
    );
    return {
      columns: [
        ...keys("params").map((row) => ({ kind: "params" as const, ...row })),
        ...metrics.map((row) => ({ kind: "metrics" as const, ...row })),
        ...keys("tags").map((row) => ({ kind: "tags" as const, ...row })),
      ],
      experiments: db.all(
        `SELECT e.name AS name, count(*) AS runs FROM experiments e JOIN runs r ON r.experiment_id = e.id
         WHERE e.workspace_id = ? GROUP BY e.id ORDER BY max(r.id) DESC`,
        workspaceId,
      ),
    };
  },

  /** Values of a column that begin with a text, the commonest first. Metrics have too many to be worth it. */
  runTableValues(
    db: Db,
    args: { workspace: string; column: string; prefix: string; limit: number; now: number },
  ): string[] {
    const { kind, key } = splitColumn(args.column);
    const expression = kind === "attributes" ? attributes(args.now)[key] : "x.value";
    if (kind === "metrics" || expression === undefined) return [];
    const logged =
      kind === "attributes" ? "" : `JOIN ${kind === "tags" ? "tags" : "params"} x ON x.run_id = r.id AND x.key = ?`;
    const sql = `SELECT ${expression} AS value ${tables} ${logged} WHERE ${inWorkspace}
      AND ${expression} IS NOT NULL AND substr(${expression}, 1, length(?)) = ? COLLATE NOCASE
      GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?`;
    const { workspace, prefix, limit } = args;
    return db.raw
      .prepare<unknown[], string | number>(sql)
      .pluck()
      .all(...(kind === "attributes" ? [] : [key]), workspace, prefix, prefix, limit)
      .map(String);
  },

  runViews(db: Db, args: { workspace: string }): RunView[] {
    return db
      .all<{ view: string }>(
        `SELECT view FROM run_views r WHERE ${inWorkspace} ORDER BY name COLLATE NOCASE`,
        args.workspace,
      )
      .map(({ view }) => JSON.parse(view) as RunView);
  },
} satisfies QueryTable;
