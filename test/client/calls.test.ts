import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import { isRepeatable, toWire } from "#client/calls.ts";
import { routeTable } from "#client/routeTable.ts";
import { api } from "#contract/api.ts";
import { StandIn } from "./standIn.ts";

const standIn: { server: StandIn; client?: SlipwayClient } = { server: undefined as unknown as StandIn };
beforeEach(() => {
  standIn.server = new StandIn();
});
afterEach(async () => {
  standIn.client?.dispose();
  await standIn.server.remove();
});

const open = async () => (standIn.client = await connect({ home: standIn.server.home }));

describe("calls", () => {
  it("know every route of the contract", () => {
    const rows = Object.entries(api).map(([name, { method, path }]) => [name, { method, path }]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(routeTable).map(([name, { method, path }]) => [name, { method, path }])),
    );
  });

  it("encode path, query and body", () => {
    const args = { params: { workspace: "a/b", name: "ü" }, query: { key: ["x", "y"], points: 5, absent: undefined } };
    expect(toWire(routeTable.metricHistory, args).target).toBe(
      "/api/v1/workspaces/a%2Fb/jobs/%C3%BC/metrics?key=x&key=y&points=5",
    );
    expect(toWire(routeTable.cancelJob, { params: { workspace: "w", name: "n" } })).toMatchObject({
      method: "POST",
      body: "{}",
    });
    expect(toWire(routeTable.listWorkspaces, {})).not.toHaveProperty("body");
  });

  it("are repeated only where that is safe", () => {
    expect(isRepeatable("showJob", {})).toBe(true);
    expect(isRepeatable("submitJob", { body: { name: "a" } })).toBe(true);
    expect(isRepeatable("submitJob", { body: {} })).toBe(false);
    expect(isRepeatable("createAsset", {})).toBe(false);
  });

  it("turn the engine's error into the same error here", async () => {
    await standIn.server.listen((_request, reply) => {
      reply.writeHead(404, { "content-type": "application/json" });
      reply.end(
        JSON.stringify({ error: { code: "not-found", message: "No job x.", next: "List.", details: { a: 1 } } }),
      );
    });
    const client = await open();
    await expect(client.showJob({ params: { workspace: "w", name: "x" } })).rejects.toMatchObject({
      code: "not-found",
      status: 404,
      message: "No job x.",
      next: "List.",
      details: { a: 1 },
    });
  });

  it("keep what a newer engine adds out, and refuse what is not the contract's", async () => {
    let reply: unknown = [{ prefix: "https://x/", path: "/d", added_later: 1 }];
    await standIn.server.listen((_request, response) => response.end(JSON.stringify(reply)));
    const client = await open();
    const params = { workspace: "w" };
    expect(await client.listMirrors({ params })).toEqual([{ prefix: "https://x/", path: "/d" }]);
    reply = [{ prefix: 5 }];
    // Without a build of its own the client takes what an engine of any build says.
    expect(await client.listMirrors({ params })).toEqual([{ prefix: 5 }]);
  });

  it("go again over a lost connection when they read, and say so when they write", async () => {
    let calls = 0;
    await standIn.server.listen((request, response) => {
      calls++;
      if (calls === 1 || request.method === "POST") request.socket.destroy();
      else response.end("[]");
    });
    const client = await open();
    expect(await client.listMirrors({ params: { workspace: "w" } })).toEqual([]);
    expect(calls).toBe(2);
    await expect(client.createWorkspace({ body: { name: "w" } })).rejects.toMatchObject({ code: "unavailable" });
    expect(calls).toBe(3);
  });

  it("say that no engine runs", async () => {
    await expect(open()).rejects.toMatchObject({ code: "engine-not-running" });
  });

  it("stop when they are told to", async () => {
    await standIn.server.listen(() => undefined);
    const client = await open();
    const stop = new AbortController();
    const call = client.listWorkspaces({}, { signal: stop.signal });
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});
