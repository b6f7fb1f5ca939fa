import { assetRoutes, computeRoutes, datastoreRoutes } from "./routes/assets.ts";
import { attachRoutes } from "./routes/attach.ts";
import { debugRoutes } from "./routes/debug.ts";
import { compareRoutes } from "./routes/compare.ts";
import { engineRoutes } from "./routes/engine.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { keepingRoutes } from "./routes/keeping.ts";
import { migrationRoutes } from "./routes/migration.ts";
import { reproduceRoutes } from "./routes/reproduce.ts";
import { runTableRoutes } from "./routes/runTable.ts";
import { workspaceRoutes } from "./routes/workspaces.ts";

/** Every call between our own processes and the engine. MLflow's API is a foreign protocol and stands apart. */
export const api = {
  ...engineRoutes,
  ...workspaceRoutes,
  ...jobRoutes,
  ...compareRoutes,
  ...runTableRoutes,
  ...keepingRoutes,
  ...debugRoutes,
  ...reproduceRoutes,
  ...assetRoutes,
  ...datastoreRoutes,
  ...computeRoutes,
  ...attachRoutes,
  ...migrationRoutes,
};
export type Api = typeof api;
