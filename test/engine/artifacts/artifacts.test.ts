import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "../tracking/support/api.ts";

let server: TrackingServer;
let api: Api;
let folder: string;
let run: { workspace: string; name: string };
beforeAll(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  folder = mkdtempSync(join(tmpdir(), "slipway-artifacts-"));
});
beforeEach(async () => {
  run = { workspace: "default", name: await api.newRun("0") };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

function fill(name: string, files: Record<string, string | Buffer>): string {
  const root = join(folder, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe("files of runs", () => {
  it("are read many at once, in the order asked, but for those that are large, gone or damaged", async () => {
    const files: Record<string, string | Buffer> = { "large.bin": Buffer.alloc(300_000, 1), empty: "" };
    for (let index = 0; index < 1200; index++) files[`d/f${index}`] = `many ${index}`;
    await server.artifacts.addFolder({ ...run, prefix: "m", folder: fill("read-many", files) });
    const paths = ["m/large.bin", "m/none", "m/empty", ...Array.from({ length: 1200 }, (_, at) => `m/d/f${1199 - at}`)];
    const read: [string, string | null][] = [];
    for await (const group of server.artifacts.readSmall(run, paths)) {
      for (const { path, content } of group) read.push([path, content && content.toString()]);
    }
    expect(read.map(([path]) => path)).toEqual(paths);
    expect(read.slice(0, 4).map(([, text]) => text)).toEqual([null, null, "", "many 1199"]);
    expect(read.at(-1)).toEqual(["m/d/f0", "many 0"]);
  });

  it("are taken from a folder, small ones and large ones, and read back", async () => {
    const root = fill("mixed", {
      "a.txt": "one",
      "deep/er/b.json": "{}",
      "big.bin": Buffer.alloc(400_000, 3),
      empty: "",
    });
    symlinkSync(join(root, "a.txt"), join(root, "link.txt"));
    symlinkSync("/etc", join(root, "etc"));
    const progress: number[] = [];
    await server.artifacts.addFolder({
      ...run,
      prefix: "named-outputs/model",
      folder: root,
      onProgress: (done) => progress.push(done.files),
    });
    expect(progress).toEqual([5]);
    const list = await server.artifacts.list({ ...run, path: "named-outputs/model", recursive: true });
    expect(list.map(({ path, bytes }) => [path, bytes])).toEqual([
      ["a.txt", 3],
      ["big.bin", 400_000],
      ["deep/er/b.json", 2],
      ["empty", 0],
      ["link.txt", 3],
    ]);
    const top = await server.artifacts.list({ ...run, path: "named-outputs/model", recursive: false });
    expect(top.filter((file) => file.is_dir).map((file) => file.path)).toEqual(["deep"]);
    const opened = await server.artifacts.open({ ...run, path: "named-outputs/model/deep/er/b.json" });
    expect([await text(opened.stream), opened.bytes, opened.contentType]).toEqual(["{}", 2, "application/json"]);
    const reply = await api.get(`/get-artifact?run_id=${run.name}&path=named-outputs/model/a.txt`);
    expect(reply.text).toBe("one");
    const part = await api.send("GET", `/get-artifact?run_id=${run.name}&path=named-outputs/model/a.txt`, {
      headers: { range: "bytes=1-" },
    });
    expect([part.status, part.text]).toEqual([206, "ne"]);
  });

  it("are the same when the same folder is taken again, and newer when it has changed", async () => {
    const root = fill("again", { "a.txt": "one", "b.txt": "two" });
    const take = () => server.artifacts.addFolder({ ...run, prefix: "out", folder: root });
    await take();
    await take();
    writeFileSync(join(root, "b.txt"), "three");
    await take();
    const list = await server.artifacts.list({ ...run, path: "out", recursive: true });
    expect(list.map(({ path, bytes }) => [path, bytes])).toEqual([["a.txt", 3], ["b.txt", 5]]); // prettier-ignore
  });

  it("may be a great many", async () => {
    const many = 3000;
    const root = join(folder, "many");
    for (let index = 0; index < many; index++) {
      const place = join(root, `part-${index % 10}`);
      if (index < 10) mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `file-${index}.txt`), `content ${index}`);
    }
    await server.artifacts.addFolder({ ...run, prefix: "many", folder: root });
    expect(await server.artifacts.list({ ...run, path: "many", recursive: false })).toHaveLength(10);
    expect(await server.artifacts.list({ ...run, path: "many", recursive: true })).toHaveLength(many);
    const { json } = await api.get<{ files: unknown[] }>(`artifacts/list?run_id=${run.name}&path=many/part-3`);
    expect(json.files).toHaveLength(many / 10);
    const opened = await server.artifacts.open({ ...run, path: "many/part-7/file-2997.txt" });
    expect(await text(opened.stream)).toBe("content 2997");
  });

  it("are refused outside of their run, and named when they are not there", async () => {
    const open = (path: string) => server.artifacts.open({ ...run, path });
    await expect(open("../x")).rejects.toMatchObject({ code: "path-outside" });
    await expect(open("nothing")).rejects.toMatchObject({ code: "not-found" });
    const single = join(fill("single", { "one.txt": "1" }), "one.txt");
    await server.artifacts.addFile({ ...run, path: "dir/one.txt", file: single });
    await expect(open("dir")).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("folder") as string,
    });
    expect(await text((await open("dir/one.txt")).stream)).toBe("1");
  });
});
