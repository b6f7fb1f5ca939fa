import { fromErrorReply, slipwayError } from "#contract/errors.ts";
import type { MigrationLine, MigrationResult } from "#contract/routes/migration.ts";
import type { ProgressLine } from "./progress.ts";
import { size as bytes } from "#client/progressText.ts";

/** Exit code: everything else was taken, but not all. */
export const incomplete = 4;

/** Shows how far an import or export is and gives its result. Throws the error that ended it. */
export async function followMigration(body: AsyncIterable<Buffer>, progress: ProgressLine): Promise<MigrationResult> {
  let result: MigrationResult | undefined;
  for await (const line of linesOf(body)) {
    if ("error" in line) throw fromErrorReply({ error: line.error }, 400);
    if ("result" in line) {
      // Read to its end: a reply that is left before counts as broken off.
      result = line.result;
      continue;
    }
    const { runs, metric_points, artifacts } = line.progress;
    const count = runs.added + runs.updated + runs.unchanged;
    progress.set(`${count} runs, ${metric_points} metric points, ${artifacts.files} files (${bytes(artifacts.bytes)})`);
  }
  if (result) return result;
  throw slipwayError("unavailable", "The engine ended before it was done.", {
    next: "Try again; an import keeps what was taken and adds the rest.",
  });
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<MigrationLine> {
  let rest = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield JSON.parse(rest.subarray(0, end).toString("utf8")) as MigrationLine;
      rest = rest.subarray(end + 1);
    }
  }
}
