import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTree } from "../snapshots/parts.ts";
import { openPlane, type Plane } from "./plane.ts";

let plane: Plane;
beforeAll(async () => {
  plane = await openPlane();
});
afterAll(() => plane.close());

const plain = { type: "uri_folder", path: null, mode: "rw_mount", name: null, version: null };

async function prepare(output: Partial<typeof plain> | Record<string, unknown> = {}, name = "o") {
  const job = await plane.addJob();
  const request = { ...job, name, output: { ...plain, ...output } as never, actor: "ann" };
  const { path } = await plane.data.prepareOutput(request);
  return { job: job.job, path, collect: () => plane.data.collectOutput({ ...request, path }) };
}

test("a folder is there and empty, and is kept among the job's artifacts by content", async () => {
  const output = await prepare();
  expect(readdirSync(output.path)).toEqual([]);
  writeTree(output.path, { "model/MLmodel": "flavors: {}\n", "big.bin": "x".repeat(300_000) });
  const port = await output.collect();
  expect(port).toMatchObject({ type: "uri_folder", path: `azureml://jobs/${output.job}/outputs/o/paths/` });
  const listed = await plane.artifacts.list({ workspace: "default", name: output.job, path: "", recursive: true });
  expect(listed.map(({ path }) => path).sort()).toEqual(["named-outputs/o/big.bin", "named-outputs/o/model/MLmodel"]);
  expect(await output.collect()).toEqual(port);
});

test("a file has a folder and a name that is made up", async () => {
  const output = await prepare({ type: "uri_file" });
  expect(existsSync(output.path)).toBe(false);
  writeFileSync(output.path, "a,b\n");
  const port = await output.collect();
  expect(port.path).toBe(`azureml://jobs/${output.job}/outputs/o/paths/o`);
  const input = { type: "uri_file", path: port.path!, mode: "ro_mount" };
  const next = await plane.addJob();
  const { path } = await plane.data.resolveInput({ ...next, name: "x", input });
  expect(readFileSync(path, "utf8")).toBe("a,b\n");
});

test("an output that nobody wrote to is no fault", async () => {
  const output = await prepare({ type: "uri_file" });
  expect((await output.collect()).digest).toBeUndefined();
});

test("a mount at a datastore path is written there at once, an upload when the job is over", async () => {
  const path = "azureml://datastores/${{default_datastore}}/paths/azureml/${{name}}/${{output_name}}/";
  const mounted = await prepare({ path });
  const store = await plane.datastores.resolve("default", "workspaceblobstore", "");
  expect(mounted.path).toBe(join(store, "azureml", mounted.job, "o/"));
  writeTree(mounted.path, { "step1.txt": "seen by the next step" });
  const reader = await plane.addJob();
  const uri = `azureml://datastores/workspaceblobstore/paths/azureml/${mounted.job}/o/step1.txt`;
  const input = { type: "uri_file", path: uri, mode: "ro_mount" };
  const { path: seen } = await plane.data.resolveInput({ ...reader, name: "x", input });
  expect(readFileSync(seen, "utf8")).toBe("seen by the next step");

  const uploaded = await prepare({ path, mode: "upload" });
  writeTree(uploaded.path, { "late.txt": "l" });
  expect(existsSync(join(store, "azureml", uploaded.job))).toBe(false);
  const port = await uploaded.collect();
  expect(port.path).toBe(`azureml://datastores/workspaceblobstore/paths/azureml/${uploaded.job}/o/`);
  expect(readFileSync(join(store, "azureml", uploaded.job, "o/late.txt"), "utf8")).toBe("l");
  const kept = { type: "uri_folder", path: `azureml://jobs/${uploaded.job}/outputs/o`, mode: "ro_mount" };
  const found = await plane.data.resolveInput({ ...(await plane.addJob()), name: "x", input: kept });
  expect(found.path).toBe(join(store, "azureml", uploaded.job, "o/"));
});

test("a place with blanks is written in place by a link, so that a command needs no quotes", async () => {
  const folder = join(plane.folder, "my results");
  mkdirSync(folder);
  const document = { name: "spaced", type: "local_folder", path: folder };
  await plane.datastores.create("default", { document, folder: "/" }, "ann");
  const output = await prepare({ path: "azureml://datastores/spaced/paths/out" });
  expect(output.path).not.toMatch(/ /u);
  writeTree(output.path, { "a.txt": "1" });
  expect(readFileSync(join(folder, "out/a.txt"), "utf8")).toBe("1");
  expect((await output.collect()).path).toBe("azureml://datastores/spaced/paths/out");
  const file = await prepare({ type: "uri_file", path: "azureml://datastores/spaced/paths/deep/b.txt" });
  expect(file.path).toMatch(/^\S+\/b\.txt$/u);
  writeFileSync(file.path, "2");
  await file.collect();
  expect(readFileSync(join(folder, "deep/b.txt"), "utf8")).toBe("2");
});

test("a file at a datastore path has its own name", async () => {
  const output = await prepare({ type: "uri_file", path: "azureml://datastores/workspaceblobstore/paths/r/out.csv" });
  writeFileSync(output.path, "1\n");
  expect(output.path.endsWith("workspaceblobstore/r/out.csv")).toBe(true);
  expect((await output.collect()).digest).toMatch(/^[0-9a-f]{64}$/);
});

test("an output with a name becomes an asset that knows its job, once", async () => {
  const output = await prepare({ type: "custom_model", name: "net" }, "model_output");
  writeTree(output.path, { "weights.bin": "w".repeat(1000) });
  const port = await output.collect();
  expect(port).toMatchObject({ name: "net", version: "1" });
  expect((await output.collect()).version).toBe("1");
  const asset = await plane.assets.show("default", "model", "net");
  expect(asset).toMatchObject({ type: "custom_model", version: "1", produced_by: output.job, bytes: 1000 });
  const user = await plane.addJob();
  const input = { type: "custom_model", path: "azureml:net@latest", mode: "ro_mount" };
  const used = await plane.data.resolveInput({ ...user, name: "m", input });
  expect(used.port).toMatchObject({ name: "net", version: "1", produced_by: output.job, digest: asset.digest });
  expect(readdirSync(used.path)).toEqual(["weights.bin"]);
  expect((await plane.assets.show("default", "model", "net")).used_by).toEqual([user.job]);
});

test("a version that is taken by other content is a conflict, and keeps its content", async () => {
  const first = await prepare({ name: "table", version: "7" });
  writeTree(first.path, { "t.csv": "one" });
  await first.collect();
  const second = await prepare({ name: "table", version: "7" });
  writeTree(second.path, { "t.csv": "two" });
  await expect(second.collect()).rejects.toMatchObject({ code: "conflict" });
  expect((await plane.assets.show("default", "data", "table", { version: "7" })).produced_by).toBe(first.job);
});

test.each(["https://nowhere.invalid/out", "azureml:net:1", "azureml://registries/r/models/m"])(
  "an output cannot be written to %s",
  async (path) => {
    await expect(prepare({ path })).rejects.toMatchObject({ code: "input-unavailable" });
  },
);
