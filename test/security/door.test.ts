import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "#contract/api.ts";
import { mlflowCall, mlflowRows } from "#engine/tracking/routes.ts";
import { notBuilt } from "../cli/built.ts";
import { LiveEngine, knock, type Door } from "./liveEngine.ts";
import { asked, byEveryMethod, contractWalk, mlflowWalk, otherwise } from "./walk.ts";

/** Names by which a page of somebody else could reach a loopback port, and spellings that fool a careless comparison. */
const foreignHosts = [
  "evil.test",
  "evil.test:PORT",
  "127.0.0.1.evil.test",
  "127.0.0.1.nip.io:PORT",
  "localhost.evil.test",
  "evil.test.localhost",
  "localhost.",
  "evil.test#127.0.0.1",
  "127.0.0.1@evil.test",
  "127.0.0.2",
  "0.0.0.0",
  "0x7f.1",
  "2130706433",
  "[::ffff:127.0.0.1]",
  "[::1].evil.test",
  "[::1]:80:evil.test",
  "127.0.0.1:80:evil.test",
  "127.0.0.1:evil.test",
  "*",
];
const ownHosts = ["127.0.0.1", "127.0.0.1:PORT", "127.0.0.1:1", "localhost", "localhost:PORT", "LocalHost:65535"];
const foreignOrigins = ["null", "http://evil.test", "http://127.0.0.1:PORT", "https://localhost", "file://", ""];

let engine: LiveEngine;
beforeAll(async () => {
  if (!notBuilt) engine = await LiveEngine.start();
}, 120_000);
afterAll(() => engine?.close());

const port = () => String(engine.tcp.port);
const withPort = (text: string) => text.replace("PORT", port());
const bearer = () => ({ authorization: `Bearer ${engine.token}` });

describe.skipIf(notBuilt)(`the engine's doors${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("the walk knows every route, and finds one that has no guard", async () => {
    expect(Object.keys(api).length).toBe(contractWalk().length);
    expect(mlflowRows.length).toBeGreaterThan(50);
    for (const { method, path } of mlflowRows) {
      expect(mlflowCall(method, path.replaceAll("*", "x")).kind, `${method} ${path}`).not.toBe("unknown");
    }
    const hole = "/w/default/health";
    const server: Server = createServer((request, response) =>
      response.writeHead(request.url === hole ? 200 : 403).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const door = { port: (server.address() as AddressInfo).port };
    const found = await otherwise(mlflowWalk("/w/default"), 403, (row) => knock(door, asked(row, {})));
    await new Promise((resolve) => server.close(resolve));
    expect(found).toEqual([`GET ${hole} → 200 OK`]);
  });

  it("T1 a foreign Host is refused on every route of the TCP door, and the refusal names the setting", async () => {
    const headers = () => ({ ...bearer(), host: withPort("evil.test:PORT") });
    const rows = [...mlflowWalk("/w/default"), ...contractWalk()];
    expect(await otherwise(rows, 403, (row) => engine.knock(engine.tcp, asked(row, headers())))).toEqual([]);
    for (const host of foreignHosts.map(withPort)) {
      const answer = await engine.knock(engine.tcp, {
        method: "GET",
        path: "/w/default/health",
        headers: { ...bearer(), host },
      });
      expect([host, answer.status]).toEqual([host, 403]);
      expect(answer.body.toString()).toContain("slipway.engine.allowedHosts");
    }
    for (const host of ownHosts.map(withPort)) {
      const answer = await engine.knock(engine.tcp, {
        method: "GET",
        path: "/w/default/health",
        headers: { ...bearer(), host },
      });
      expect([host, answer.status, answer.body.toString()]).toEqual([host, 200, "OK"]);
    }
  });

  it("T1 no Host, two Hosts and a Host in the request line do not slip by", async () => {
    const auth = `Authorization: Bearer ${engine.token}\r\n`;
    const raw = (head: string) => say(engine.tcp.port, `${head}\r\n${auth}Connection: close\r\n\r\n`);
    expect(await raw("GET /w/default/health HTTP/1.0")).toMatch(/^HTTP\/1\.1 403 /u);
    expect(await raw("GET /w/default/health HTTP/1.1\r\nHost: evil.test\r\nHost: 127.0.0.1")).toMatch(/ 40[03] /u);
    expect(await raw("GET http://127.0.0.1/w/default/health HTTP/1.1\r\nHost: evil.test")).toMatch(/ 403 /u);
    expect(await raw("GET /w/default/health HTTP/1.1\r\nHost: evil.test\r\n X: 127.0.0.1")).toMatch(/ 40[03] /u);
  });

  it("T2 any Origin is refused on every route of both doors, whatever token comes with it", async () => {
    for (const origin of foreignOrigins.map(withPort)) {
      const headers = { ...bearer(), host: "127.0.0.1", origin };
      const rows = origin === "null" ? mlflowWalk("/w/default") : mlflowWalk("/w/default").slice(0, 5);
      expect(await otherwise(rows, 403, (row) => engine.knock(engine.tcp, asked(row, headers)))).toEqual([]);
      const own = origin === "null" ? contractWalk() : contractWalk().slice(0, 5);
      expect(await otherwise(own, 403, (row) => engine.knock(engine.socket, asked(row, { origin })))).toEqual([]);
    }
    const crossSite = { ...bearer(), host: "127.0.0.1", "sec-fetch-site": "cross-site" };
    expect(
      await otherwise(mlflowWalk("/w/default"), 403, (row) => engine.knock(engine.tcp, asked(row, crossSite))),
    ).toEqual([]);
  });

  it("T2 what a form or a no-cors fetch could send is no JSON, and is refused", async () => {
    const simple = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain;charset=UTF-8"];
    for (const type of simple) {
      const headers = { "content-type": type, "content-length": "2" };
      const posts = mlflowWalk("/w/default").filter(
        (row) => row.method === "POST" && !row.path.endsWith("upload-artifact"),
      );
      const ask = (door: Door, more: Record<string, string>) => (row: { method: string; path: string }) =>
        engine.knock(door, { ...row, headers: { ...headers, ...more }, body: "{}" });
      expect(await otherwise(posts, 400, ask(engine.tcp, { ...bearer(), host: "127.0.0.1" }))).toEqual([]);
      const own = contractWalk().filter((row) => ["POST", "PUT", "PATCH"].includes(row.method));
      expect(await otherwise(own, 415, ask(engine.socket, {}))).toEqual([]);
    }
  });

  it("T2 no answer lets a page read it or sets a cookie", async () => {
    const preflight = { host: "127.0.0.1", "access-control-request-method": "POST" };
    for (const door of [engine.tcp, engine.socket]) {
      for (const more of [{}, { origin: "http://evil.test" }, bearer()]) {
        const answer = await engine.knock(door, {
          method: "OPTIONS",
          path: "/w/default/api/2.0/mlflow/runs/create",
          headers: { ...preflight, ...more },
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        const names = Object.keys(answer.headers);
        expect(names.filter((name) => name.startsWith("access-control-") || name === "set-cookie")).toEqual([]);
      }
    }
  });

  it("T3 the guard does not look at the method: every path refuses by every method", async () => {
    const rows = byEveryMethod(mlflowWalk("/w/default"));
    const evil = { ...bearer(), host: "evil.test" };
    expect(await otherwise(rows, 403, (row) => engine.knock(engine.tcp, asked(row, evil)))).toEqual([]);
    const none = { host: "127.0.0.1" };
    expect(await otherwise(rows, 401, (row) => engine.knock(engine.tcp, asked(row, none)))).toEqual([]);
    const own = byEveryMethod(contractWalk());
    expect(await otherwise(own, 403, (row) => engine.knock(engine.socket, asked(row, { origin: "null" })))).toEqual([]);
  });

  it("T3 an upgrade is no way around the guard, and CONNECT leads nowhere", async () => {
    const upgrade = (more: string) =>
      say(
        engine.tcp.port,
        `GET /w/default/health HTTP/1.1\r\n${more}Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      );
    expect(await upgrade("Host: evil.test\r\n")).toMatch(/^HTTP\/1\.1 403 /u);
    expect(await upgrade("Host: 127.0.0.1\r\n")).toMatch(/^HTTP\/1\.1 401 /u);
    expect(await upgrade("Host: 127.0.0.1\r\nOrigin: http://evil.test\r\n")).toMatch(/^HTTP\/1\.1 403 /u);
    expect(await upgrade(`Host: 127.0.0.1\r\nAuthorization: Bearer ${engine.token}\r\n`)).not.toMatch(
      /^HTTP\/1\.1 101/u,
    );
    const tunnel = `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${engine.token}\r\n\r\n`;
    expect(await say(engine.tcp.port, tunnel)).not.toMatch(/^HTTP\/1\.1 200/u);
  });

  it("T4 without a good token every route of the TCP door answers 401", async () => {
    const [claims = "", signature = ""] = engine.token.split(".");
    const opened = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    const other = (change: Record<string, unknown>) =>
      Buffer.from(JSON.stringify({ ...opened, ...change })).toString("base64url");
    const wrong = [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      `Basic ${Buffer.from(`x:${engine.token}`).toString("base64")}`,
      engine.token,
      `Bearer ${claims}`,
      `Bearer ${claims}.`,
      `Bearer .${signature}`,
      `Bearer ${engine.token}x.y`,
      `Bearer ${engine.token}.${signature}`,
      `Bearer ${other({ generation: 2 })}.${signature}`,
      `Bearer ${other({ workspace: "other" })}.${signature}`,
      `Bearer ${other({ subject: "root" })}.`,
      `Bearer ${claims}.${signature.split("").reverse().join("")}`,
    ];
    for (const authorization of wrong) {
      const headers = { host: "127.0.0.1", ...(authorization === undefined ? {} : { authorization }) };
      const rows = authorization === undefined ? mlflowWalk("/w/default") : mlflowWalk("/w/default").slice(0, 3);
      const wide = authorization === undefined ? [...rows, ...contractWalk()] : rows;
      expect(await otherwise(wide, 401, (row) => engine.knock(engine.tcp, asked(row, headers)))).toEqual([]);
    }
    expect((await engine.mlflow("GET", "/health")).status).toBe(200);
  });

  it("T4 a token is good for its workspace alone, and our own routes are not on the TCP door at all", async () => {
    await engine.client.createWorkspace({ body: { name: "second" } });
    const inSecond = await engine.client.trackingAccess({ params: { workspace: "second" } });
    const ask = (path: string, token: string) =>
      engine.knock(engine.tcp, {
        method: "GET",
        path,
        headers: { host: "127.0.0.1", authorization: `Bearer ${token}` },
      });
    expect((await ask("/w/second/health", inSecond.token)).status).toBe(200);
    for (const path of ["/w/second/health", "/w/second/api/2.0/mlflow/experiments/search?max_results=1"]) {
      expect((await ask(path, engine.token)).status).toBe(403);
    }
    for (const path of ["/w/sec%6fnd/health", "/w/default%2f..%2fsecond/health", "/w/default/../second/health"]) {
      expect((await ask(path, engine.token)).status, path).toBeGreaterThanOrEqual(400);
    }
    const headers = { ...bearer(), host: "127.0.0.1" };
    expect(await otherwise(contractWalk(), 404, (row) => engine.knock(engine.tcp, asked(row, headers)))).toEqual([]);
  });

  it("T4 listens on loopback alone, whatever the settings say", async () => {
    expect(listeners(engine.client.engine.pid)).toEqual([`127.0.0.1:${port()}`]);
    const wide = await LiveEngine.start({
      environment: { SLIPWAY_ALLOWED_HOSTS: "proxy.example,0.0.0.0,*", HOST: "0.0.0.0" },
    });
    try {
      expect(listeners(wide.client.engine.pid)).toEqual([`127.0.0.1:${wide.tcp.port}`]);
      const health = (host: string) =>
        wide.knock(wide.tcp, {
          method: "GET",
          path: "/w/default/health",
          headers: { host, authorization: `Bearer ${wide.token}` },
        });
      expect((await health("proxy.example:8443")).status).toBe(200);
      expect((await health("evil.test")).status).toBe(403);
    } finally {
      await wide.close();
    }
  });

  it("T1 T2 T3 T4 the relay of a job has the same guard", async () => {
    const { name } = await engine.submitScript(
      "door",
      'import os, time\nprint(os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_TRACKING_TOKEN"], flush=True)\ntime.sleep(600)\n',
    );
    const params = { workspace: "default", name };
    const log = async (): Promise<string> => {
      const job = await engine.until(name, ({ log_files }) => log_files.some((file) => file.bytes > 40));
      const path = job.log_files.at(-1)?.path ?? "";
      return (await engine.client.logWindow({ params, query: { path } })).text;
    };
    const [uri = "", token = ""] = (await log()).trim().split(" ");
    const door = { port: Number(new URL(uri).port) };
    const good = { host: "127.0.0.1", authorization: `Bearer ${token}` };
    const rows = mlflowWalk("").filter(({ path }) => path.startsWith("/") && !path.startsWith("//"));
    const refused = async (status: number, of: typeof rows, headers: Record<string, string>) =>
      expect(await otherwise(of, status, (row) => knock(door, asked(row, headers)))).toEqual([]);
    await refused(403, rows, { ...good, host: "evil.test" });
    await refused(403, rows, { ...good, origin: "null" });
    await refused(401, rows, { host: "127.0.0.1" });
    await refused(401, rows.slice(0, 5), { ...good, authorization: `Bearer ${engine.token}` });
    await refused(401, byEveryMethod(rows.slice(0, 5)), { host: "127.0.0.1" });
    for (const host of foreignHosts)
      await refused(403, rows.slice(0, 1), { ...good, host: host.replace("PORT", String(door.port)) });
    expect((await knock(door, { method: "GET", path: "/health", headers: good })).status).toBe(200);
    // The job's token opens nothing of the engine's.
    const engines = { host: "127.0.0.1", authorization: `Bearer ${token}` };
    expect(
      (await engine.knock(engine.tcp, { method: "GET", path: "/w/default/health", headers: engines })).status,
    ).toBe(401);
    await engine.client.cancelJob({ params });
    await engine.ended(name);
  });
});

/** Sends these bytes and gives back all that comes until the other side ends. */
function say(to: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connect(to, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => (heard += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(heard));
  });
}

/** The TCP addresses on which a process listens. */
function listeners(pid: number): string[] {
  const inodes = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      inodes.add(/^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? "");
    } catch {
      // The descriptor was closed meanwhile.
    }
  }
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/u))
      .filter((cells) => cells[3] === "0A" && inodes.has(cells[9] ?? ""))
      .map(([, local = ""]) => readable(local)),
  );
}

/** `0100007F:1F90` → `127.0.0.1:8080`; an IPv6 address stays in hexadecimal. */
function readable(address: string): string {
  const [host = "", portText = ""] = address.split(":");
  const bytes = Buffer.from(host, "hex");
  const name = bytes.length === 4 ? [...bytes.reverse()].join(".") : host;
  return `${name}:${parseInt(portText, 16)}`;
}
