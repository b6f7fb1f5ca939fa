import { systemClock } from "#base/clock.ts";
import type { MigrationResult } from "#contract/routes/migration.ts";
import { MlflowImport } from "#engine/migration/mlflowImport.ts";
import type { TrackingServer } from "../../../mlflow/support/trackingServer.ts";

/** Imports a store to the end and gives the last figures. */
export async function importInto(
  server: TrackingServer,
  request: {
    workspace?: string;
    uri: string;
    experiments?: string[];
    artifactRoots?: string[];
    authorization?: string;
  },
): Promise<MigrationResult> {
  const imports = new MlflowImport({ ...server, clock: systemClock });
  const whole = { workspace: "default", experiments: [], artifactRoots: [], actor: "tester", authorization: undefined };
  let last: MigrationResult | undefined;
  for await (const step of imports.run({ ...whole, ...request }, new AbortController().signal)) {
    last = structuredClone(step);
  }
  if (!last) throw new Error("The import said nothing.");
  return last;
}
