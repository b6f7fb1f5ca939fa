import Database from "better-sqlite3";
import {
  modelStatuses,
  type ForeignDataset,
  type ForeignExperiment,
  type ForeignModel,
  type ForeignModelPoint,
  type ForeignRun,
  type Pair,
  type Points,
} from "../../core/mlflow/foreign.ts";
import { PointColumns } from "../../core/mlflow/pointColumns.ts";
import { Db } from "../database.ts";

type Row = Record<string, unknown>;

/** Longer texts are refused: SQLite would hand out a gigabyte. */
const longestText = 32 * 1024 * 1024;

/**
 * An MLflow database of somebody else, opened for reading only. It may be older or newer than any MLflow that is known
 * here: tables and columns that it lacks are empty. Its values are of any type, so each is checked. Synchronous: for a worker.
 */
export class MlflowDatabase {
  readonly #db: Db;
  readonly #columns = new Map<string, Set<string>>();
  readonly #metrics: string;

  /** Throws what SQLite says of a file that is no database, and an error for one that is not MLflow's. */
  constructor(path: string) {
    const raw = new Database(path, { readonly: true, fileMustExist: true });
    this.#db = new Db(raw, { remembers: false });
    try {
      raw.pragma("trusted_schema = OFF");
      raw.pragma("cell_size_check = ON");
      raw.pragma("busy_timeout = 5000");
      raw.pragma("cache_size = -64000");
      for (const { name } of this.#db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
        const columns = this.#db.all<{ name: string }>("SELECT name FROM pragma_table_info(?)", name);
        this.#columns.set(name, new Set(columns.map((column) => column.name)));
      }
      for (const table of ["experiments", "runs", "metrics", "params", "tags"]) {
        if (!this.#columns.has(table)) throw new Error(`It is no MLflow database: it has no table '${table}'.`);
      }
      this.#metrics = this.#indexedMetrics();
    } catch (thrown) {
      raw.close();
      throw thrown;
    }
  }

  close(): void {
    this.#db.raw.close();
  }

  experiments(): ForeignExperiment[] {
    return this.#rows("experiments", "1 = 1", []).map((row) => ({
      kind: "experiment",
      id: String(row["experiment_id"]),
      name: text(row, "name"),
      lifecycle: stage(row),
      creationTime: optionalNumber(row, "creation_time"),
      lastUpdateTime: optionalNumber(row, "last_update_time"),
      tags: this.#pairs("experiment_tags", "experiment_id", row["experiment_id"]),
    }));
  }

  /** Ids of all runs. */
  runIds(): string[] {
    return this.#db.all<{ id: unknown }>("SELECT run_uuid AS id FROM runs ORDER BY rowid").map(({ id }) => String(id));
  }

  run(id: string): Omit<ForeignRun, "files"> {
    const [row] = this.#rows("runs", "run_uuid = ?", [id]);
    if (!row) throw new Error("It is gone.");
    const tags = this.#pairs("tags", "run_uuid", id);
    return {
      kind: "run",
      id,
      place: `runs/${id}`,
      experimentId: String(row["experiment_id"]),
      name: optionalText(row, "name") || (tags.find(([key]) => key === "mlflow.runName")?.[1] ?? ""),
      user: optionalText(row, "user_id") ?? "",
      status: text(row, "status"),
      startTime: optionalNumber(row, "start_time") ?? 0,
      endTime: optionalNumber(row, "end_time"),
      lifecycle: stage(row),
      deletedTime: optionalNumber(row, "deleted_time"),
      artifactUri: optionalText(row, "artifact_uri") ?? "",
      params: this.#pairs("params", "run_uuid", id),
      tags,
      points: this.#points(id),
      datasets: this.#datasets(id),
      models: this.#models(id),
    };
  }

  modelIds(): string[] {
    if (!this.#columns.has("logged_models")) return [];
    return this.#db.all<{ id: unknown }>("SELECT model_id AS id FROM logged_models").map(({ id }) => String(id));
  }

  model(id: string): Omit<ForeignModel, "files"> {
    const [row] = this.#rows("logged_models", "model_id = ?", [id]);
    if (!row) throw new Error("It is gone.");
    return {
      kind: "model",
      id,
      place: `logged_models/${id}`,
      experimentId: String(row["experiment_id"]),
      name: text(row, "name"),
      creationTime: optionalNumber(row, "creation_timestamp_ms") ?? 0,
      lastUpdatedTime: optionalNumber(row, "last_updated_timestamp_ms") ?? 0,
      status: modelStatuses[Number(row["status"]) - 1] ?? String(row["status"]),
      lifecycle: stage(row),
      modelType: optionalText(row, "model_type"),
      sourceRunId: optionalText(row, "source_run_id"),
      artifactUri: text(row, "artifact_location"),
      params: this.#pairs("logged_model_params", "model_id", id, "param_key", "param_value"),
      tags: this.#pairs("logged_model_tags", "model_id", id, "tag_key", "tag_value"),
      points: this.#modelPoints(id),
    };
  }

  /** Rows of a table that this database may lack. Table and condition are texts of this module. */
  #rows(table: string, condition: string, values: readonly unknown[]): Row[] {
    if (!this.#columns.has(table)) return [];
    return this.#db.all<Row>(`SELECT * FROM ${table} WHERE ${condition}`, ...values);
  }

  #pairs(table: string, link: string, id: unknown, key = "key", value = "value"): Pair[] {
    return this.#rows(table, `${link} = ?`, [id]).map((row) => [text(row, key), optionalText(row, value) ?? ""]);
  }

  /** Databases before MLflow 2 have no index by run: without one, each run would read all points. */
  #indexedMetrics(): string {
    const indexes = this.#db.all<{ name: string }>("SELECT name FROM pragma_index_list('metrics')");
    const first = "SELECT name FROM pragma_index_info(?) WHERE seqno = 0";
    if (indexes.some(({ name }) => this.#db.get<{ name: string }>(first, name)?.name === "run_uuid"))
      return "main.metrics";
    this.#db.raw.exec("CREATE TEMP TABLE metrics_by_run AS SELECT * FROM main.metrics");
    this.#db.raw.exec("CREATE INDEX temp.metrics_by_run_index ON metrics_by_run (run_uuid, key)");
    return "temp.metrics_by_run";
  }

  #points(id: string): Points {
    const has = (column: string) => this.#columns.get("metrics")?.has(column) === true;
    const sql = `SELECT key, timestamp, ${has("step") ? "step" : "0"}, value, ${has("is_nan") ? "is_nan" : "0"}
      FROM ${this.#metrics} WHERE run_uuid = ?`;
    const rows = (this.#db.prepareCached(sql).raw().all(id) as [unknown, unknown, unknown, unknown, unknown][]).sort(
      byKey,
    );
    const columns = new PointColumns();
    let last: unknown;
    for (const [key, timestamp, step, value, isNan] of rows) {
      if (typeof key !== "string" || typeof timestamp !== "number" || typeof step !== "number") throw odd("metrics");
      if (typeof value !== "number" && value !== null) throw odd("metrics");
      if (key !== last) columns.begin((last = key));
      columns.add(timestamp, step, isNan || value === null ? NaN : value);
    }
    return columns.finish();
  }

  #inputs(condition: string, id: string): Row[] {
    return this.#rows("inputs", condition, [id]);
  }

  #datasets(run: string): ForeignDataset[] {
    const links = this.#inputs("destination_type = 'RUN' AND source_type = 'DATASET' AND destination_id = ?", run);
    return links.flatMap((link) =>
      this.#rows("datasets", "dataset_uuid = ?", [link["source_id"]]).map((row) => ({
        name: text(row, "name"),
        digest: text(row, "digest"),
        sourceType: text(row, "dataset_source_type"),
        source: text(row, "dataset_source"),
        schema: optionalText(row, "dataset_schema"),
        profile: optionalText(row, "dataset_profile"),
        tags: this.#pairs("input_tags", "input_uuid", link["input_uuid"], "name"),
      })),
    );
  }

  #models(run: string): ForeignRun["models"] {
    const links = this.#inputs("source_type IN ('RUN_INPUT', 'RUN_OUTPUT') AND source_id = ?", run);
    return links.map((row) => ({
      direction: row["source_type"] === "RUN_INPUT" ? "input" : "output",
      id: text(row, "destination_id"),
      step: optionalNumber(row, "step") ?? 0,
    }));
  }

  #modelPoints(id: string): ForeignModelPoint[] {
    return this.#rows("logged_model_metrics", "model_id = ?", [id]).map((row) => ({
      key: text(row, "metric_name"),
      value: optionalNumber(row, "metric_value") ?? NaN,
      timestamp: optionalNumber(row, "metric_timestamp_ms") ?? 0,
      step: optionalNumber(row, "metric_step") ?? 0,
      runId: text(row, "run_id"),
      datasetName: optionalText(row, "dataset_name"),
      datasetDigest: optionalText(row, "dataset_digest"),
    }));
  }
}

function byKey(a: readonly unknown[], b: readonly unknown[]): number {
  return a[0] === b[0] ? 0 : String(a[0]) < String(b[0]) ? -1 : 1;
}

function odd(what: string): Error {
  return new Error(`Its ${what} hold a value of another type.`);
}

function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return String(value);
  if (typeof value === "string" && value.length <= longestText) return value;
  throw odd(column);
}

function text(row: Row, column: string): string {
  const value = optionalText(row, column);
  if (value === null) throw new Error(`It has no ${column}.`);
  return value;
}

function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return value;
  throw odd(column);
}

function stage(row: Row): "active" | "deleted" {
  const value = optionalText(row, "lifecycle_stage") ?? "active";
  if (value === "active" || value === "deleted") return value;
  throw odd("lifecycle_stage");
}
