import type { MigrationResult } from "#contract/routes/migration.ts";
import { StoredFiles } from "#engine/artifacts/storedFiles.ts";
import { MlflowExport } from "#engine/migration/mlflowExport.ts";
import { join } from "node:path";
import type { TrackingServer } from "../../../mlflow/support/trackingServer.ts";

/** Exports a workspace to the end and gives the last figures. */
export async function exportTo(
  server: TrackingServer,
  request: { workspace?: string; to: string; experiments?: string[] },
): Promise<MigrationResult> {
  const files = new StoredFiles({ blobs: server.blobs, packs: join(server.home, "packs") });
  const exports = new MlflowExport({ tracking: server.tracking, files });
  const whole = { workspace: "default", experiments: [], actor: "tester", ...request };
  let last: MigrationResult | undefined;
  for await (const step of exports.run(whole, new AbortController().signal)) last = step;
  if (!last) throw new Error("The export said nothing.");
  return last;
}
