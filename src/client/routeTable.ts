// Generated from src/contract/api.ts by `npm run generate`. Do not edit.
import type { Api } from "#contract/api.ts";

/** What a call needs of its route. The schemas stay behind: loading them costs more than most calls. */
export interface RouteRow {
  method: string;
  path: string;
  reply: "json" | "bytes" | "events";
}

export const routeTable: Readonly<Record<keyof Api, RouteRow>> = {
  engineStatus: { method: "GET", path: "/api/v1/engine", reply: "json" },
  engineStop: { method: "POST", path: "/api/v1/engine/stop", reply: "json" },
  collectGarbage: { method: "POST", path: "/api/v1/engine/gc", reply: "json" },
  events: { method: "GET", path: "/api/v1/events", reply: "events" },
  listWorkspaces: { method: "GET", path: "/api/v1/workspaces", reply: "json" },
  createWorkspace: { method: "POST", path: "/api/v1/workspaces", reply: "json" },
  showWorkspace: { method: "GET", path: "/api/v1/workspaces/:workspace", reply: "json" },
  updateWorkspace: { method: "PATCH", path: "/api/v1/workspaces/:workspace", reply: "json" },
  trackingAccess: { method: "GET", path: "/api/v1/workspaces/:workspace/tracking", reply: "json" },
  listMirrors: { method: "GET", path: "/api/v1/workspaces/:workspace/mirrors", reply: "json" },
  addMirror: { method: "PUT", path: "/api/v1/workspaces/:workspace/mirrors", reply: "json" },
  removeMirror: { method: "DELETE", path: "/api/v1/workspaces/:workspace/mirrors", reply: "json" },
  preflightJob: { method: "POST", path: "/api/v1/workspaces/:workspace/preflight", reply: "json" },
  submitJob: { method: "POST", path: "/api/v1/workspaces/:workspace/jobs", reply: "json" },
  listJobs: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs", reply: "json" },
  showJob: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name", reply: "json" },
  updateJob: { method: "PATCH", path: "/api/v1/workspaces/:workspace/jobs/:name", reply: "json" },
  cancelJob: { method: "POST", path: "/api/v1/workspaces/:workspace/jobs/:name/cancel", reply: "json" },
  runData: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/run", reply: "json" },
  metricHistory: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/metrics", reply: "json" },
  readLog: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/log", reply: "bytes" },
  logWindow: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/log/window", reply: "json" },
  searchLog: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/log/search", reply: "json" },
  listArtifacts: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/artifacts", reply: "json" },
  readArtifact: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/artifact", reply: "bytes" },
  readArtifacts: { method: "POST", path: "/api/v1/workspaces/:workspace/jobs/:name/artifacts/read", reply: "bytes" },
  listSnapshot: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/snapshot", reply: "json" },
  readSnapshot: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/snapshot/file", reply: "bytes" },
  compareRuns: { method: "POST", path: "/api/v1/workspaces/:workspace/compare", reply: "json" },
  compareSeries: { method: "POST", path: "/api/v1/workspaces/:workspace/compare/series", reply: "json" },
  explainDifference: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/difference", reply: "json" },
  debugJob: { method: "GET", path: "/api/v1/workspaces/:workspace/jobs/:name/debug", reply: "json" },
  releaseJob: { method: "POST", path: "/api/v1/workspaces/:workspace/jobs/:name/debug/release", reply: "json" },
  createAsset: { method: "POST", path: "/api/v1/workspaces/:workspace/assets/:kind", reply: "json" },
  listAssets: { method: "GET", path: "/api/v1/workspaces/:workspace/assets/:kind", reply: "json" },
  showAsset: { method: "GET", path: "/api/v1/workspaces/:workspace/assets/:kind/:name", reply: "json" },
  updateAsset: { method: "PATCH", path: "/api/v1/workspaces/:workspace/assets/:kind/:name", reply: "json" },
  createDatastore: { method: "POST", path: "/api/v1/workspaces/:workspace/datastores", reply: "json" },
  listDatastores: { method: "GET", path: "/api/v1/workspaces/:workspace/datastores", reply: "json" },
  showDatastore: { method: "GET", path: "/api/v1/workspaces/:workspace/datastores/:name", reply: "json" },
  updateDatastore: { method: "PATCH", path: "/api/v1/workspaces/:workspace/datastores/:name", reply: "json" },
  deleteDatastore: { method: "DELETE", path: "/api/v1/workspaces/:workspace/datastores/:name", reply: "json" },
  createCompute: { method: "POST", path: "/api/v1/workspaces/:workspace/computes", reply: "json" },
  listComputes: { method: "GET", path: "/api/v1/workspaces/:workspace/computes", reply: "json" },
  showCompute: { method: "GET", path: "/api/v1/workspaces/:workspace/computes/:name", reply: "json" },
  updateCompute: { method: "PATCH", path: "/api/v1/workspaces/:workspace/computes/:name", reply: "json" },
  deleteCompute: { method: "DELETE", path: "/api/v1/workspaces/:workspace/computes/:name", reply: "json" },
  importMlflow: { method: "POST", path: "/api/v1/workspaces/:workspace/import/mlflow", reply: "bytes" },
  exportMlflow: { method: "POST", path: "/api/v1/workspaces/:workspace/export/mlflow", reply: "bytes" },
};
