import type { ReadOperationName } from "../store/tracking/read/operations.ts";
import type { WriteOperationName } from "../store/tracking/write/operations.ts";

/** What a path of the MLflow API asks for. */
export type MlflowCall =
  | { kind: "read"; operation: ReadOperationName; path: Record<string, string> }
  | { kind: "write"; operation: WriteOperationName; path: Record<string, string> }
  | { kind: "artifact"; path: string }
  | { kind: "run-artifact" }
  | { kind: "run-upload" }
  | { kind: "constant"; contentType: string; text: string }
  | { kind: "later"; what: string }
  | { kind: "unknown" };

/** The MLflow whose API this is. Clients choose by it what they send. */
const mlflowVersion = "3.17.2";

const json = "application/json";
const empty = { kind: "constant", contentType: json, text: "{}" } as const;
const serverInfo = JSON.stringify({
  store_type: "SqlStore",
  workspaces_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
  trace_archival_enabled: false,
  features_enabled: { gateway: false },
});

const reads: Readonly<Record<string, ReadOperationName>> = {
  "GET experiments/get": "getExperiment",
  "GET experiments/get-by-name": "getExperimentByName",
  "GET experiments/search": "searchExperiments",
  "POST experiments/search": "searchExperiments",
  "POST experiments/search-datasets": "searchDatasets",
  "GET runs/get": "getRun",
  "POST runs/search": "searchRuns",
  "GET metrics/get-history": "getMetricHistory",
  "GET metrics/get-history-bulk": "getMetricHistoryBulk",
  "GET metrics/get-history-bulk-interval": "getMetricHistoryBulkInterval",
  "GET artifacts/list": "listRunArtifacts",
  "POST logged-models/search": "searchLoggedModels",
};

const writes: Readonly<Record<string, WriteOperationName>> = {
  "POST experiments/create": "createExperiment",
  "POST experiments/update": "updateExperiment",
  "POST experiments/delete": "deleteExperiment",
  "POST experiments/restore": "restoreExperiment",
  "POST experiments/set-experiment-tag": "setExperimentTag",
  "POST experiments/delete-experiment-tag": "deleteExperimentTag",
  "POST runs/create": "createRun",
  "POST runs/update": "updateRun",
  "POST runs/delete": "deleteRun",
  "POST runs/restore": "restoreRun",
  "POST runs/log-metric": "logMetric",
  "POST runs/log-batch": "logBatch",
  "POST runs/log-parameter": "logParameter",
  "POST runs/set-tag": "setTag",
  "POST runs/delete-tag": "deleteTag",
  "POST runs/log-inputs": "logInputs",
  "POST runs/log-model": "logModel",
  "POST runs/outputs": "logOutputs",
  "POST logged-models": "createLoggedModel",
};

/** Below `logged-models/`: the rest of the path, and what it asks for. */
const loggedModels: readonly (readonly [method: string, rest: RegExp, call: ReadOperationName | WriteOperationName])[] =
  [
    ["GET", /^([^/]+)$/, "getLoggedModel"],
    ["PATCH", /^([^/]+)$/, "finalizeLoggedModel"],
    ["DELETE", /^([^/]+)$/, "deleteLoggedModel"],
    ["POST", /^([^/]+)\/params$/, "logLoggedModelParams"],
    ["PATCH", /^([^/]+)\/tags$/, "setLoggedModelTags"],
    ["DELETE", /^([^/]+)\/tags\/(.+)$/, "deleteLoggedModelTag"],
    ["GET", /^([^/]+)\/artifacts\/directories$/, "listLoggedModelArtifacts"],
  ];

/** What the registry and traces answer until they are here: a search finds nothing, all else says so. */
const constants: Readonly<Record<string, MlflowCall>> = {
  "GET server-info": { kind: "constant", contentType: json, text: serverInfo },
  "GET registered-models/search": empty,
  "POST registered-models/get-latest-versions": empty,
  "GET registered-models/get-latest-versions": empty,
  "GET model-versions/search": empty,
  "POST traces/search": empty,
  "GET traces": empty,
};

const laterPrefixes: readonly (readonly [string, string])[] = [
  ["registered-models", "The model registry is"],
  ["model-versions", "The model registry is"],
  ["traces", "Traces are"],
  ["datasets", "Evaluation datasets are"],
  ["webhooks", "Webhooks are"],
];

const apiPath = /^\/(?:ajax-)?api\/[23]\.0\/?(?:preview\/)?(mlflow-artifacts|mlflow)\/(.*)$/;
const artifactsPath = /^artifacts(?:\/(.*))?$/;

/** Looks a path up. `path` is what follows the workspace, without the query, as it came (percent-encoded). */
export function mlflowCall(method: string, path: string): MlflowCall {
  const match = apiPath.exec(path);
  if (match)
    return match[1] === "mlflow" ? trackingCall(method, match[2] as string) : artifactCall(method, match[2] as string);
  if (method === "GET" || method === "HEAD") {
    if (path === "/version") return { kind: "constant", contentType: "text/html; charset=utf-8", text: mlflowVersion };
    if (path === "/health") return { kind: "constant", contentType: "text/html; charset=utf-8", text: "OK" };
    if (path === "/get-artifact") return { kind: "run-artifact" };
  }
  if (path === "/v1/traces") return { kind: "later", what: "Traces are" };
  return { kind: "unknown" };
}

function trackingCall(method: string, rest: string): MlflowCall {
  const key = `${method} ${rest}`;
  const write = writes[key];
  if (write) return { kind: "write", operation: write, path: {} };
  const read = reads[key];
  if (read) return { kind: "read", operation: read, path: {} };
  if (rest.startsWith("logged-models/")) return loggedModelCall(method, rest.slice("logged-models/".length));
  if (key === "POST upload-artifact") return { kind: "run-upload" };
  if (key === "GET get-artifact") return { kind: "run-artifact" };
  const constant = constants[key];
  if (constant) return constant;
  const later = laterPrefixes.find(([prefix]) => rest === prefix || rest.startsWith(`${prefix}/`));
  return later ? { kind: "later", what: later[1] } : { kind: "unknown" };
}

function loggedModelCall(method: string, rest: string): MlflowCall {
  for (const [verb, pattern, operation] of loggedModels) {
    const match = verb === method ? pattern.exec(rest) : null;
    if (!match) continue;
    const path = { model_id: decoded(match[1] as string), key: decoded(match[2] ?? "") };
    if (operation === "getLoggedModel" || operation === "listLoggedModelArtifacts") {
      return { kind: "read", operation, path };
    }
    return { kind: "write", operation: operation as WriteOperationName, path };
  }
  return { kind: "unknown" };
}

function artifactCall(method: string, rest: string): MlflowCall {
  const match = artifactsPath.exec(rest);
  if (!match) return rest.startsWith("mpu/") ? { kind: "later", what: "Multipart uploads are" } : { kind: "unknown" };
  if (!match[1])
    return method === "GET" ? { kind: "read", operation: "listArtifactFolder", path: {} } : { kind: "unknown" };
  return method === "GET" || method === "HEAD" || method === "PUT" || method === "DELETE"
    ? { kind: "artifact", path: match[1] }
    : { kind: "unknown" };
}

/**
 * Every method and path of the API, with `*` for what a caller chooses, so that a walk can try each of them.
 * @internal
 */
export const mlflowRows: readonly { method: string; path: string }[] = [
  ...[...Object.keys(reads), ...Object.keys(writes), ...Object.keys(constants), "POST upload-artifact"],
  ...loggedModels.map(
    ([method, rest]) => `${method} logged-models/${rest.source.replace(/^\^|\$$/gu, "").replace(/\([^)]*\)/gu, "*")}`,
  ),
  ...laterPrefixes.map(([prefix]) => `POST ${prefix}/create`),
]
  .map((key) => key.split(" ") as [string, string])
  .map(([method, rest]) => ({ method, path: `/api/2.0/mlflow/${rest.replaceAll("\\/", "/")}` }))
  .concat(
    ["/version", "/health", "/get-artifact"].map((path) => ({ method: "GET", path })),
    ["GET", "HEAD", "PUT", "DELETE"].map((method) => ({ method, path: "/api/2.0/mlflow-artifacts/artifacts/*" })),
    { method: "GET", path: "/api/2.0/mlflow-artifacts/artifacts" },
    { method: "POST", path: "/v1/traces" },
  );

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
