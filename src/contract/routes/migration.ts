import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { route } from "../route.ts";

/** What came over, and what did not. */
export const MigrationResult = z.object({
  experiments: z.object({ added: z.number(), found: z.number() }),
  runs: z.object({ added: z.number(), updated: z.number(), unchanged: z.number() }),
  logged_models: z.object({ added: z.number(), updated: z.number(), unchanged: z.number() }),
  metric_points: z.number(),
  artifacts: z.object({ files: z.number(), bytes: z.number() }),
  /** Each thing that stayed behind, where it lies and why. */
  left_out: z.array(z.object({ place: z.string(), reason: z.string() })),
});
export type MigrationResult = z.infer<typeof MigrationResult>;

/** A line of the reply: how far it is, at the end the result, or why it ended before. */
export type MigrationLine =
  | { progress: Omit<MigrationResult, "left_out"> & { left_out: number } }
  | { result: MigrationResult }
  | { error: { code: string; message: string; next: string; details: Record<string, unknown> } };

export const migrationRoutes = {
  importMlflow: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/import/mlflow",
    summary: "Takes over an MLflow store. The reply is lines of JSON: progress, then the result or an error.",
    params: z.object({ workspace: Name }),
    body: z.object({
      /** A folder, `sqlite:////path`, or the address of a server. */
      uri: z.string().min(1),
      /** Names of experiments; all when there are none. */
      experiments: z.array(z.string()).default([]),
      /** Folders beside the store that its artifacts may lie in. */
      artifact_roots: z.array(z.string()).default([]),
      /** The Authorization header for a server. */
      authorization: z.string().optional(),
    }),
    reply: "bytes",
  }),
  exportMlflow: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/export/mlflow",
    summary: "Writes an MLflow file store. The reply is lines of JSON, as of an import.",
    params: z.object({ workspace: Name }),
    body: z.object({
      /** An empty folder, or one that does not exist yet. */
      to: z.string().min(1),
      experiments: z.array(z.string()).default([]),
    }),
    reply: "bytes",
  }),
};
