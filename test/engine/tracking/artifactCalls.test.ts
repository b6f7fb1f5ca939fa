import { randomBytes } from "node:crypto";
import { readdirSync, truncateSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTrackingServer, token, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "./support/api.ts";

let server: TrackingServer;
let api: Api;
let run: string;
let root: string;
const base = "/api/2.0/mlflow-artifacts/artifacts";
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  run = await api.newRun("0");
  root = `0/${run}/artifacts`;
});
afterAll(() => server.close());

describe("artifacts over the MLflow API", () => {
  it("are put, got and listed as MLflow's clients expect", async () => {
    const put = await api.put(`${root}/dir/sub/data.json`, '{"a":1}');
    expect([put.status, put.text]).toEqual([200, ""]);
    await api.put(`${root}/note.txt`, "hello");
    const got = await api.get(`${base}/${root}/note.txt`);
    expect(got.text).toBe("hello");
    expect(got.headers.get("content-type")).toBe("text/plain");
    expect(got.headers.get("content-disposition")).toBe("attachment; filename=note.txt");
    expect(got.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await api.get(`${base}?path=${root}`)).json).toEqual({
      files: [
        { path: "dir", is_dir: true },
        { path: "note.txt", is_dir: false, file_size: 5 },
      ],
    });
    expect((await api.get(`${base}?path=${root}/dir`)).json).toEqual({ files: [{ path: "sub", is_dir: true }] });
    expect((await api.get(`artifacts/list?run_id=${run}&path=dir`)).json).toEqual({
      root_uri: `mlflow-artifacts:/${root}`,
      files: [{ path: "dir/sub", is_dir: true }],
    });
    expect((await api.get(`/get-artifact?run_id=${run}&path=dir/sub/data.json`)).text).toBe('{"a":1}');
  });

  it("answer a file or nothing with an empty listing, a missing file with 404, a folder with 400", async () => {
    await api.put(`${root}/only.txt`, "x");
    expect((await api.get(`${base}?path=${root}/only.txt`)).json).toEqual({});
    expect((await api.get(`${base}?path=${root}/none`)).json).toEqual({});
    expect((await api.get(`${base}/${root}/none`)).json["error_code"]).toBe("RESOURCE_DOES_NOT_EXIST");
    await api.put(`${root}/folder/x`, "x");
    expect((await api.get(`${base}/${root}/folder`)).status).toBe(400);
  });

  it("take an empty file and one of unknown length, and replace what is there", async () => {
    await api.put(`${root}/empty`, "");
    expect((await api.get(`${base}?path=${root}`)).json).toMatchObject({
      files: expect.arrayContaining([{ path: "empty", is_dir: false }]) as unknown,
    });
    expect((await api.get(`${base}/${root}/empty`)).text).toBe("");
    await putChunked(`${base}/${root}/chunked.bin`, [Buffer.alloc(70_000, 1), Buffer.alloc(70_000, 2)]);
    const got = await fetch(server.uri + `${base}/${root}/chunked.bin`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect((await got.arrayBuffer()).byteLength).toBe(140_000);
    await api.put(`${root}/empty`, "now not");
    expect((await api.get(`${base}/${root}/empty`)).text).toBe("now not");
  });

  it("give parts of a file", async () => {
    await api.put(`${root}/range.txt`, "0123456789");
    const part = async (range: string) => api.send("GET", `${base}/${root}/range.txt`, { headers: { range } });
    const middle = await part("bytes=2-4");
    expect([middle.status, middle.text, middle.headers.get("content-range")]).toEqual([206, "234", "bytes 2-4/10"]);
    expect((await part("bytes=7-")).text).toBe("789");
    expect((await part("bytes=-3")).text).toBe("789");
    expect((await part("bytes=5-99")).text).toBe("56789");
    const beyond = await part("bytes=10-");
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    expect((await part("lines=1-2")).text).toBe("0123456789");
    const head = await api.send("HEAD", `${base}/${root}/range.txt`);
    expect([head.status, head.headers.get("content-length"), head.text]).toEqual([200, "10", ""]);
  });

  it("keep large files whole without holding them in memory", async () => {
    const content = randomBytes(24 * 1024 * 1024);
    await api.put(`${root}/large.bin`, content);
    const got = await fetch(server.uri + `${base}/${root}/large.bin`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(Buffer.from(await got.arrayBuffer()).equals(content)).toBe(true);
  });

  it("are named in any language", async () => {
    await api.put(`${root}/${encodeURIComponent("日本語 ä.txt")}`, "x");
    const got = await api.get(`${base}/${root}/${encodeURIComponent("日本語 ä.txt")}`);
    expect(got.text).toBe("x");
    expect(got.headers.get("content-disposition")).toBe(
      "attachment; filename=\"___ _.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%20%C3%A4.txt",
    );
  });

  it("are deleted, a file or a folder with all in it; twice is no fault", async () => {
    await api.put(`${root}/gone/a`, "1");
    await api.put(`${root}/gone/b/c`, "2");
    await api.put(`${root}/gone-not`, "3");
    for (let time = 0; time < 2; time++) {
      expect((await api.send("DELETE", `${base}/${root}/gone`)).status).toBe(200);
    }
    expect((await api.get(`${base}?path=${root}/gone`)).json).toEqual({});
    expect((await api.get(`${base}/${root}/gone-not`)).text).toBe("3");
  });

  it("T6: refuse every way out of their root, in every call that names a path", async () => {
    const climbs = ["%2e%2e/%2e%2e/x", "a/%252e%252e/x", "a%5c..%5cx", "a%23/../x", "a%00b"];
    for (const climb of climbs) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const reply = await sendAsItIs(method, `${base}/0/${climb}`);
        expect([climb, method, reply]).toEqual([climb, method, 400]);
      }
      for (const path of [
        `${base}?path=0/${climb}`,
        `/api/2.0/mlflow/artifacts/list?run_id=${run}&path=${climb}`,
        `/get-artifact?run_id=${run}&path=${climb}`,
      ]) {
        expect([path, await sendAsItIs("GET", path)]).toEqual([path, 400]);
      }
    }
  });

  it("name a damaged file instead of handing it out as good", async () => {
    await api.put(`${root}/damaged.bin`, Buffer.alloc(300_000, 7));
    const file = await server.store.read("artifact", { workspace: "default", path: `${root}/damaged.bin` });
    if (file === null || file === "folder") throw new Error("The file is not there.");
    truncateSync(server.blobs.path(file.sha256), 100_000);
    const whole = await api.get(`${base}/${root}/damaged.bin`);
    expect([whole.status, whole.json["message"]]).toEqual([
      500,
      expect.stringContaining(server.blobs.path(file.sha256)),
    ]);
    const path = server.blobs.path(file.sha256);
    writeFileSync(path, Buffer.alloc(300_000, 8));
    await expect(api.get(`${base}/${root}/damaged.bin`)).rejects.toThrow();
    expect(server.logged.join("\n")).toContain(path);
    truncateSync(path, 100_000);
    const part = await api.send("GET", `${base}/${root}/damaged.bin`, { headers: { range: "bytes=0-9" } });
    expect([part.status, part.json["message"]]).toEqual([500, expect.stringContaining(server.blobs.path(file.sha256))]);
  });

  it("leave nothing half-done when an upload breaks off", async () => {
    await new Promise<void>((resolve) => {
      const upload = request(server.uri + `${base}/${root}/broken.bin`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}`, "content-length": "1000000" },
      });
      upload.on("error", () => resolve());
      upload.write(Buffer.alloc(1000), () => upload.destroy());
    });
    await expect.poll(() => readdirSync(join(server.home, "blobs", "incoming"))).toEqual([]);
    expect((await api.get(`${base}/${root}/broken.bin`)).status).toBe(404);
  });

  it("say where they are when an experiment keeps them elsewhere", async () => {
    const { experiment_id } = await api.ok<{ experiment_id: string }>("experiments/create", {
      name: "elsewhere",
      artifact_location: "s3://bucket/prefix?versioned=1",
    });
    const other = await api.newRun(experiment_id);
    const { json } = await api.get<{ run: { info: { artifact_uri: string } } }>(`runs/get?run_id=${other}`);
    expect(json.run.info.artifact_uri).toBe(`s3://bucket/prefix/${other}/artifacts?versioned=1`);
    expect((await api.get(`artifacts/list?run_id=${other}`)).json["message"]).toContain("s3://bucket/prefix");
  });
});

function putChunked(path: string, chunks: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const upload = request(server.uri + path, { method: "PUT", headers: { authorization: `Bearer ${token}` } });
    upload.on("response", (reply) => {
      reply.resume();
      if (reply.statusCode === 200) resolve();
      else reject(new Error(`HTTP ${reply.statusCode}`));
    });
    upload.on("error", reject);
    for (const chunk of chunks) upload.write(chunk);
    upload.end();
  });
}

/** A request whose path no client library tidies up. */
function sendAsItIs(method: string, path: string): Promise<number | undefined> {
  const { hostname, port, pathname } = new URL(server.uri);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" };
    const sent = request({ hostname, port, method, path: pathname + path, headers }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    sent.on("error", reject);
    sent.end(method === "PUT" ? "x" : undefined);
  });
}
