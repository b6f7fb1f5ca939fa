import { createInterface } from "node:readline";
import { fromErrorReply, slipwayError } from "#contract/errors.ts";
import type { MigrationLine, MigrationResult } from "#contract/routes/migration.ts";
import type { ProgressLine } from "./progress.ts";
import { size as bytes } from "#client/progressText.ts";

/** Exit code: everything else was taken, but not all. */
export const incomplete = 4;

/** Shows how far an import or export is and gives its result. Throws the error that ended it. */
export async function followMigration(body: NodeJS.ReadableStream, progress: ProgressLine): Promise<MigrationResult> {
  for await (const text of createInterface({ input: body, crlfDelay: Infinity })) {
    const line = JSON.parse(text) as MigrationLine;
    if ("error" in line) throw fromErrorReply({ error: line.error }, 400);
    if ("result" in line) return line.result;
    const { runs, metric_points, artifacts } = line.progress;
    const count = runs.added + runs.updated + runs.unchanged;
    progress.set(`${count} runs, ${metric_points} metric points, ${artifacts.files} files (${bytes(artifacts.bytes)})`);
  }
  throw slipwayError("unavailable", "The engine ended before it was done.", {
    next: "Try again; an import keeps what was taken and adds the rest.",
  });
}
