import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mlflowCall } from "#engine/tracking/routes.ts";
import { startTrackingServer, token, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "./support/api.ts";

let server: TrackingServer;
let api: Api;
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
});
afterAll(() => server.close());

const A2 = "/api/2.0/mlflow";
const calls: [string, string][] = [
  ["GET", "/version"],
  ["GET", "/health"],
  ["GET", "/api/3.0/mlflow/server-info"],
  ["GET", "/get-artifact"],
  ["POST", "/v1/traces"],
  ["GET", "/nothing/here"],
  ["GET", "/"],
  ...["get", "get-by-name", "search"].map((name): [string, string] => ["GET", `${A2}/experiments/${name}`]),
  ...["create", "search", "update", "delete", "restore", "set-experiment-tag", "delete-experiment-tag"].map(
    (name): [string, string] => ["POST", `${A2}/experiments/${name}`],
  ),
  ["GET", `${A2}/runs/get`],
  ...[
    "create", "update", "delete", "restore", "search", "log-metric", "log-batch", "log-parameter", "log-inputs", "log-model",
    "outputs", "set-tag", "delete-tag",
  ].map((name): [string, string] => ["POST", `${A2}/runs/${name}`]), // prettier-ignore
  ...["get-history", "get-history-bulk", "get-history-bulk-interval"].map((name): [string, string] => [
    "GET",
    `${A2}/metrics/${name}`,
  ]),
  ["GET", `${A2}/artifacts/list`],
  ["POST", "/ajax-api/2.0/mlflow/upload-artifact"],
  ["POST", `${A2}/logged-models`],
  ["POST", `${A2}/logged-models/search`],
  ...["GET", "PATCH", "DELETE"].map((method): [string, string] => [method, `${A2}/logged-models/m-1`]),
  ["GET", "/api/2.0/mlflow-artifacts/artifacts"],
  ...["GET", "PUT", "DELETE", "HEAD"].map((method): [string, string] => [
    method,
    "/api/2.0/mlflow-artifacts/artifacts/0/x/artifacts/f",
  ]),
  ["GET", `${A2}/registered-models/search`],
  ["OPTIONS", `${A2}/runs/get`],
  ["TRACE", `${A2}/runs/get`],
];

/** Sends one request with exactly these headers and gives the status back. */
function status(method: string, path: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port, pathname } = new URL(server.uri);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      const lines = Object.entries({ connection: "close", "content-length": "0", ...headers });
      socket.write(
        `${method} ${pathname}${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
      );
    });
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(text.slice(9, 12))));
  });
}

describe("the door of the tracking API", () => {
  const good = () => ({ host: new URL(server.uri).host, authorization: `Bearer ${token}` });

  it.each(calls)("T1–T4: guards %s %s", async (method, path) => {
    const { host, authorization } = good();
    expect(await status(method, path, { host })).toBe(401);
    expect(await status(method, path, { host, authorization: "Bearer wrong" })).toBe(401);
    expect(await status(method, path, { host, authorization: "Basic Zm9vOmJhcg==" })).toBe(401);
    expect(await status(method, path, { host: "evil.test", authorization })).toBe(403);
    for (const origin of ["http://evil.test", "null", `http://${host}`]) {
      expect(await status(method, path, { host, authorization, origin })).toBe(403);
    }
  });

  it("lets a host through whatever its port", async () => {
    const { authorization } = good();
    for (const host of ["localhost", "localhost:1", "127.0.0.1:65535", "LOCALHOST"]) {
      expect(await status("GET", "/health", { host, authorization })).toBe(200);
    }
  });

  it("T2: takes no body that a form could send", async () => {
    for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]) {
      const headers = { ...good(), "content-type": type };
      expect([type, await status("POST", `${A2}/runs/search`, headers)]).toEqual([type, 400]);
    }
  });

  it("says what it is", async () => {
    expect((await api.get("/version")).text).toBe("3.17.2");
    expect((await api.get("/health")).text).toBe("OK");
    expect((await api.get("/api/3.0/mlflow/server-info")).json).toMatchObject({
      store_type: "SqlStore",
      workspaces_enabled: false,
    });
  });

  it("answers what is not there yet in a way that clients do not try again", async () => {
    for (const path of ["registered-models/search", "model-versions/search"]) {
      expect((await api.get(path)).json).toEqual({});
    }
    const registry = await api.post("registered-models/create", { name: "m" });
    expect([registry.status, registry.json["error_code"]]).toEqual([501, "NOT_IMPLEMENTED"]);
    expect((await api.post("/api/3.0/mlflow/traces", {})).status).toBe(501);
    const unknown = await api.get("/api/2.0/mlflow/no/such");
    expect([unknown.status, unknown.json["error_code"]]).toEqual([404, "ENDPOINT_NOT_FOUND"]);
  });

  it("answers the same under /ajax-api", () => {
    expect(mlflowCall("POST", "/ajax-api/2.0/mlflow/runs/search")).toEqual(mlflowCall("POST", `${A2}/runs/search`));
    expect(mlflowCall("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts/a")).toEqual({ kind: "artifact", path: "a" });
  });

  it("has no workspace that was not made", async () => {
    const uri = server.uri.replace(/default$/, "nowhere");
    const reply = await fetch(`${uri}/api/2.0/mlflow/runs/search`, {
      method: "POST",
      body: "{}",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
    expect([reply.status, await reply.json()]).toEqual([
      404,
      { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Workspace 'nowhere' does not exist." },
    ]);
  });
});
