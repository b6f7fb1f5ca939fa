import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openForWriting } from "../../../src/engine/store/database.ts";
import { schema } from "../../../src/engine/store/schema.ts";
import { batches, singleMetrics, type MetricBody } from "./bodies.ts";

/** CPU seconds for inserting the rows of some calls with better-sqlite3 alone: same tables, same transactions, same pragmas. */
export function bareSeconds(kind: "single" | "batch", calls: number): number {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-bare-"));
  const path = join(folder, "bare.db");
  const { raw: db } = openForWriting(path);
  db.exec(schema);
  const metric = db.prepare("INSERT INTO metrics (run_id, key_id, timestamp, step, value) VALUES (1, ?, ?, ?, ?)");
  const latest = db.prepare(
    "INSERT OR REPLACE INTO latest_metrics (run_id, key_id, step, timestamp, value) VALUES (1, ?, ?, ?, ?)",
  );
  const bodies =
    kind === "single"
      ? (singleMetrics("", "loss", calls) as MetricBody[]).map((body) => [body])
      : (batches("", "k", calls, 1000) as { metrics: MetricBody[] }[]).map((body) => body.metrics);
  const keys = new Map<string, number>();
  const insert = db.transaction((points: MetricBody[]) => {
    const newest = new Map<number, MetricBody>();
    for (const point of points) {
      const key = keys.get(point.key) ?? keys.size + 1;
      keys.set(point.key, key);
      metric.run(key, point.timestamp, point.step, point.value);
      newest.set(key, point);
    }
    for (const [key, point] of newest) latest.run(key, point.step, point.timestamp, point.value);
  });
  const before = process.cpuUsage();
  for (const points of bodies) insert(points);
  const { user, system } = process.cpuUsage(before);
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return (user + system) / 1e6;
}
