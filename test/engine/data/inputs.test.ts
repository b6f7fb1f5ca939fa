import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diskFiles } from "#engine/jobs/diskFiles.ts";
import { writeTree } from "../snapshots/parts.ts";
import { openPlane, type Plane } from "./plane.ts";

let plane: Plane;
beforeAll(async () => {
  plane = await openPlane();
});
afterAll(() => plane.close());

const folderOf = (name: string, files: Record<string, string>) => writeTree(join(plane.folder, name), files);

async function resolve(path: string, { type = "uri_folder", mode = "ro_mount" } = {}) {
  const job = await plane.addJob();
  return { job, ...(await plane.data.resolveInput({ ...job, name: "x", input: { type, path, mode } })) };
}

describe("a local path", () => {
  test("is read in place when mounted, and has a digest", async () => {
    const folder = folderOf("mounted", { "a.csv": "1\n", "b.csv": "2\n" });
    const { path, port } = await resolve(folder);
    expect(path).toBe(folder);
    expect(port).toMatchObject({ type: "uri_folder", mode: "ro_mount", path: folder });
    expect(port.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is a copy of the job's own when downloaded, file or folder", async () => {
    const folder = folderOf("downloaded", { "a.csv": "1\n", "deep/b.csv": "2\n" });
    const whole = await resolve(folder, { mode: "download" });
    expect(whole.path).toBe(join(whole.job.attemptFolder, "inputs/x"));
    writeFileSync(join(whole.path, "deep/b.csv"), "changed\n");
    expect(readFileSync(join(folder, "deep/b.csv"), "utf8")).toBe("2\n");
    const one = await resolve(join(folder, "a.csv"), { type: "uri_file", mode: "download" });
    expect(one.path).toBe(join(one.job.attemptFolder, "inputs/x/a.csv"));
  });

  test("may be of another kind than its type says", async () => {
    const folder = folderOf("mismatch", { "a.csv": "1\n" });
    expect((await resolve(join(folder, "a.csv"), { type: "uri_folder" })).path).toBe(join(folder, "a.csv"));
    expect((await resolve(folder, { type: "mltable" })).path).toBe(folder);
    expect((await resolve(folder, { type: "mlflow_model" })).path).toBe(folder);
  });

  test("that is not there is refused before the run, with the path and a next step", async () => {
    const missing = join(plane.folder, "missing");
    const input = { type: "uri_file", path: missing, mode: "ro_mount" };
    const said = await plane.data.describeInput({ workspace: "default", name: "x", input });
    expect(said.refusal).toContain(missing);
    await expect(resolve(missing)).rejects.toMatchObject({ code: "input-unavailable" });
  });
});

describe("a datastore", () => {
  test("of the workspace is a local folder, and never lets a path out", async () => {
    const store = await plane.datastores.resolve("default", "workspaceblobstore", "");
    writeTree(store, { "in/x.txt": "x" });
    const { path, port } = await resolve("azureml://datastores/workspaceblobstore/paths/in");
    expect(readdirSync(path)).toEqual(["x.txt"]);
    expect(port.path).toBe("azureml://datastores/workspaceblobstore/paths/in");
    await expect(resolve("azureml://datastores/workspaceblobstore/paths/../../../etc")).rejects.toMatchObject({
      code: "path-outside",
    });
    await expect(resolve("azureml://datastores/none/paths/x")).rejects.toMatchObject({ code: "not-found" });
  });

  test("in the cloud is reached by a mirror only, and its credentials are not kept", async () => {
    const document = {
      name: "cloud",
      type: "azure_blob",
      account_name: "acct",
      container_name: "box",
      credentials: { account_key: "sesame" },
    };
    await plane.datastores.create("default", { document, folder: "/" }, "ann");
    expect(JSON.stringify(await plane.datastores.show("default", "cloud"))).not.toContain("sesame");
    await expect(resolve("azureml://datastores/cloud/paths/a/b.csv")).rejects.toMatchObject({
      code: "input-unavailable",
      next: expect.stringContaining("slipway mirror add --prefix https://acct.blob.core.windows.net/box/"),
    });
    const mirror = folderOf("cloud-mirror", { "a/b.csv": "1\n" });
    await plane.mirrors.add("default", { prefix: "https://acct.blob.core.windows.net/box/", path: mirror }, "ann");
    expect((await resolve("azureml://datastores/cloud/paths/a/b.csv")).path).toBe(join(mirror, "a/b.csv"));
  });
});

describe("the mirror map", () => {
  test("takes the longest prefix, for https, wasbs and literals, and never leaves its folder", async () => {
    const wide = folderOf("wide", { "data/iris.csv": "wide", "other.csv": "o" });
    const narrow = folderOf("narrow", { "iris.csv": "narrow", "with space.csv": "s" });
    const host = "https://examples.blob.core.windows.net";
    await plane.mirrors.add("default", { prefix: `${host}/datasets`, path: wide }, "ann");
    await plane.mirrors.add("default", { prefix: `${host}/datasets/data/`, path: narrow }, "ann");
    const read = async (url: string) => (await resolve(url, { type: "uri_file" })).path;
    expect(await read(`${host}/datasets/data/iris.csv`)).toBe(join(narrow, "iris.csv"));
    expect(await read(`${host}/datasets/data/iris.csv?sv=2020&sig=x`)).toBe(join(narrow, "iris.csv"));
    expect(await read(`${host}/datasets/data/with%20space.csv`)).toBe(join(narrow, "with space.csv"));
    expect(await read("wasbs://datasets@examples.blob.core.windows.net/other.csv")).toBe(join(wide, "other.csv"));
    expect(await read("wasbs://datasets@examples/")).toBe(`${wide}`);
    expect(await plane.data.literalValue("default", `${host}/datasets/other.csv`)).toBe(join(wide, "other.csv"));
    expect(await plane.data.literalValue("default", "https://elsewhere.org/x")).toBe("https://elsewhere.org/x");
    expect(await plane.data.literalValue("default", "just text")).toBe("just text");
    for (const path of ["/datasets/../x", "/datasets/%2e%2e/x", "/datasets/a/%2e%2e%2f%2e%2e/x"]) {
      await expect(read(host + path), path).rejects.toMatchObject({
        code: expect.stringMatching(/path-outside|unavail/),
      });
    }
    expect(await plane.mirrors.resolve("default", `${host}/datasetsX/y`)).toBeNull();
    await plane.mirrors.remove("default", `${host}/datasets/data/`);
    expect(await read(`${host}/datasets/data/iris.csv`)).toBe(join(wide, "data/iris.csv"));
  });
});

describe("outputs of jobs", () => {
  test("are inputs of others: folder, file, everything, and by run", async () => {
    const job = await plane.addJob();
    const left = folderOf("left", { "world.txt": "hello", "deep/more.txt": "more" });
    const own = { workspace: job.workspace, name: job.job };
    await plane.artifacts.addFolder({ ...own, prefix: "named-outputs/out", folder: left });
    await plane.artifacts.addFolder({ ...own, prefix: "outputs", folder: left });
    const whole = await resolve(`azureml://jobs/${job.job}/outputs/out/paths/`);
    expect(readdirSync(whole.path).sort()).toEqual(["deep", "world.txt"]);
    expect(whole.port.produced_by).toBe(job.job);
    const one = await resolve(`azureml://jobs/${job.job}/outputs/out/paths/deep/more.txt`, { type: "uri_file" });
    expect(readFileSync(one.path, "utf8")).toBe("more");
    const root = await resolve(`azureml://jobs/${job.job}/outputs/artifacts`);
    expect(readFileSync(join(root.path, "outputs/world.txt"), "utf8")).toBe("hello");
    const run = await resolve(`runs:/${job.job}/outputs`);
    expect(readdirSync(run.path).sort()).toEqual(["deep", "world.txt"]);
    await expect(resolve(`azureml://jobs/${job.job}/outputs/none`)).rejects.toMatchObject({
      code: "input-unavailable",
    });
  });

  test("have a default, all that the job left, also by Azure's own datastore and as the path of an asset", async () => {
    const job = await plane.addJob();
    const left = folderOf("default", { "world.txt": "hello" });
    for (const prefix of ["outputs", "logs"]) {
      await plane.artifacts.addFolder({ workspace: job.workspace, name: job.job, prefix, folder: left });
    }
    const whole = `azureml://jobs/${job.job}/outputs/default`;
    const { path, port } = await resolve(whole);
    expect(readdirSync(path).sort()).toEqual(["logs", "outputs"]);
    expect(port.produced_by).toBe(job.job);
    const folders = [
      `${whole}/paths/outputs/`,
      `azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.${job.job}/outputs/`,
      `azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.${job.job}/outputs`,
    ];
    for (const folder of folders) expect(readdirSync((await resolve(folder)).path)).toEqual(["world.txt"]);
    const fields = { name: "hello", type: "uri_folder", path: folders[0] };
    const made = { fields, files: diskFiles, baseDir: plane.folder };
    const asset = await plane.assets.create("default", "data", made, "ann");
    expect(asset).toMatchObject({ name: "hello", produced_by: job.job });
    expect(readdirSync((await resolve("azureml:hello@latest")).path)).toEqual(["world.txt"]);
    await expect(
      resolve("azureml://datastores/workspaceartifactstore/paths/ExperimentRun/dcid.nobody/x"),
    ).rejects.toMatchObject({ code: "not-found" });
  });

  test("may be empty folders; one that was never written says so", async () => {
    const job = await plane.addJob();
    const output = { type: "uri_folder", mode: "rw_mount", path: null, name: null, version: null };
    const { path } = await plane.data.prepareOutput({ ...job, name: "empty", output });
    const uri = `azureml://jobs/${job.job}/outputs/empty`;
    await expect(resolve(uri)).rejects.toThrow(/has left nothing at named-outputs\/empty/u);
    await plane.data.collectOutput({ ...job, name: "empty", output, path, actor: "ann" });
    for (const mode of ["ro_mount", "download"]) {
      const found = await resolve(uri, { mode });
      expect(readdirSync(found.path)).toEqual([]);
      expect(found.port.produced_by).toBe(job.job);
    }
    await expect(resolve(`${uri}/paths/none`)).rejects.toMatchObject({ code: "input-unavailable" });
    const file = { ...output, type: "uri_file" };
    const written = await plane.data.prepareOutput({ ...job, name: "file", output: file });
    await plane.data.collectOutput({ ...job, name: "file", output: file, path: written.path, actor: "ann" });
    await expect(resolve(`azureml://jobs/${job.job}/outputs/file`)).rejects.toThrow(/has left nothing/u);
  });

  test("are shared read-only, and a file that was changed all the same is made anew", async () => {
    const job = await plane.addJob();
    const left = folderOf("shared", { "w.txt": "good" });
    await plane.artifacts.addFolder({ workspace: "default", name: job.job, prefix: "named-outputs/o", folder: left });
    const first = await resolve(`azureml://jobs/${job.job}/outputs/o`);
    const file = join(first.path, "w.txt");
    expect(statSync(file).mode & 0o222).toBe(0);
    rmSync(file);
    writeFileSync(file, "evil, and longer");
    const second = await resolve(`azureml://jobs/${job.job}/outputs/o`);
    expect(second.path).toBe(first.path);
    expect(readFileSync(file, "utf8")).toBe("good");
  });
});

test("a mode of direct gives the URL, or the path of what is here", async () => {
  const folder = folderOf("direct", { "a.csv": "1" });
  expect((await resolve("https://nowhere.invalid/x.csv", { mode: "direct" })).path).toBe(
    "https://nowhere.invalid/x.csv",
  );
  expect((await resolve(folder, { mode: "direct" })).path).toBe(folder);
});

test.each([
  "azureml://registries/azureml/data/x/versions/1",
  "azureml://locations/west/workspaces/w/data/x/versions/1",
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/x/versions/1",
])("%s is in Azure and says so", async (path) => {
  await expect(resolve(path)).rejects.toMatchObject({ code: "input-unavailable" });
});

test("a used digest tells which job made it", async () => {
  const job = await plane.addJob();
  const output = { type: "uri_folder", path: null, mode: "rw_mount", name: null, version: null };
  const request = { ...job, name: "o", output, actor: "ann" };
  const { path } = await plane.data.prepareOutput(request);
  writeTree(path, { "m.txt": "same bytes" });
  const port = await plane.data.collectOutput({ ...request, path });
  const copy = folderOf("copied-by-hand", { "m.txt": "same bytes" });
  const used = await resolve(copy);
  expect(used.port.digest).toBe(port.digest);
  expect(used.port.produced_by).toBe(job.job);
  mkdirSync(join(plane.folder, "unrelated"));
});
