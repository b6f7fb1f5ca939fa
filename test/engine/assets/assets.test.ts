import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import { findEnvironment } from "#engine/assets/findEnvironment.ts";
import { diskFiles } from "#engine/jobs/diskFiles.ts";
import { openPlane, type Plane } from "../data/plane.ts";
import { writeTree } from "../snapshots/parts.ts";

let plane: Plane;
beforeAll(async () => {
  plane = await openPlane();
});
afterAll(() => plane.close());

const folderOf = (name: string, files: Record<string, string>) => writeTree(join(plane.folder, name), files);

function create(kind: AssetKind, fields: Record<string, unknown>, storage?: "copy" | "in-place") {
  return plane.assets.create("default", kind, { fields, files: diskFiles, baseDir: plane.folder, storage }, "ann");
}

function fromFile(kind: AssetKind, file: string, overrides: string[] = []) {
  const source = { file, overrides };
  return plane.assets.create("default", kind, { source, fields: {}, files: diskFiles }, "ann");
}

function update(
  kind: AssetKind,
  name: string,
  version: string | undefined,
  changes: Parameters<Plane["assets"]["update"]>[1],
  actor: string,
) {
  return plane.assets.update({ workspace: "default", kind, name, version }, changes, actor);
}

async function read(reference: string, type = "uri_folder") {
  const job = await plane.addJob();
  const input = { type, path: reference, mode: "ro_mount" };
  return (await plane.data.resolveInput({ ...job, name: "x", input })).path;
}

describe("a data asset", () => {
  test("from a YAML file is frozen: later changes of the folder do not reach it", async () => {
    const folder = folderOf("iris", {
      "data.yml":
        "$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json\nname: iris\ndescription: Flowers\npath: ./files\ntags:\n  level: 1\n",
      "files/a.csv": "one\n",
    });
    const asset = await fromFile("data", join(folder, "data.yml"));
    expect(asset).toMatchObject({
      kind: "data",
      name: "iris",
      version: "1",
      type: "uri_folder",
      description: "Flowers",
      tags: { level: "1" },
      labels: ["latest"],
      archived: false,
      produced_by: null,
      bytes: 4,
    });
    expect(asset.creation_context.created_by).toBe("ann");
    writeFileSync(join(folder, "files/a.csv"), "two\n");
    expect(readFileSync(join(await read("azureml:iris:1"), "a.csv"), "utf8")).toBe("one\n");
    const second = await fromFile("data", join(folder, "data.yml"), ["description=Changed"]);
    expect(second).toMatchObject({ version: "2", description: "Changed" });
    expect(readFileSync(join(await read("azureml:iris@latest"), "a.csv"), "utf8")).toBe("two\n");
    expect(readFileSync(join(await read("azureml:iris:1"), "a.csv"), "utf8")).toBe("one\n");
    rmSync(join(folder, "files"), { recursive: true });
    expect(readFileSync(join(await read("azureml:iris"), "a.csv"), "utf8")).toBe("two\n");
  });

  test("of one file keeps the file's name and ending", async () => {
    folderOf("single", { "titanic.csv": "x\n" });
    const asset = await create("data", { name: "titanic", type: "uri_file", path: "single/titanic.csv" });
    expect(asset.type).toBe("uri_file");
    const path = await read("azureml:titanic:1", "uri_file");
    expect(path.endsWith("/titanic.csv")).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("x\n");
  });

  test("obeys the folder's own ignore file, as an upload does", async () => {
    folderOf("ignored", { ".amlignore": "*.tmp\n", "a.csv": "1", "b.tmp": "2" });
    await create("data", { name: "ignoring", path: "ignored" });
    expect(readdirSync(await read("azureml:ignoring"))).toEqual([".amlignore", "a.csv"]);
  });

  test("in place, or in a datastore, stays where it is", async () => {
    const folder = folderOf("large", { "a.csv": "1" });
    const asset = await create("data", { name: "large", path: folder }, "in-place");
    expect(asset.properties["slipway.storage"]).toBe("in-place");
    expect(await read("azureml:large")).toBe(folder);
    const store = await plane.datastores.resolve("default", "workspaceblobstore", "kept");
    writeTree(store, { "b.csv": "2" });
    const stored = await create("data", { name: "stored", path: store });
    expect(stored.path).toBe("azureml://datastores/workspaceblobstore/paths/kept");
    expect(await read("azureml:stored")).toBe(store);
  });

  test("may name what is not here, and is not looked at before it is used", async () => {
    const asset = await create("data", { name: "web", type: "uri_file", path: "https://nowhere.invalid/x.csv" });
    expect(asset).toMatchObject({ path: "https://nowhere.invalid/x.csv", digest: null });
    await expect(read("azureml:web", "uri_file")).rejects.toMatchObject({ code: "input-unavailable" });
  });

  test.each([
    ["a folder as uri_file", { name: "x", type: "uri_file", path: "large" }, "invalid-request"],
    ["a file as uri_folder", { name: "x", type: "uri_folder", path: "large/a.csv" }, "invalid-request"],
    ["a table without MLTable", { name: "x", type: "mltable", path: "large" }, "invalid-request"],
    ["a path that is not there", { name: "x", path: "nothing" }, "file-not-found"],
    ["no name", { path: "large" }, "invalid-document"],
    ["no path", { name: "x" }, "invalid-document"],
    ["a wrong type", { name: "x", type: "folder", path: "large" }, "invalid-document"],
    ["an unknown key", { name: "x", path: "large", descripton: "d" }, "invalid-document"],
  ])("%s is refused", async (_what, fields, code) => {
    await expect(create("data", fields)).rejects.toMatchObject({ code });
    expect(await plane.assets.list("default", "data", { name: "x", archived: "include" })).toEqual([]);
  });
});

describe("versions", () => {
  test("of the same content are the same, of other content a conflict", async () => {
    const folder = folderOf("versioned", { "a.txt": "1" });
    const fields = { name: "fixed", version: "2024-01", path: folder };
    const first = await create("data", fields);
    expect(await create("data", { ...fields, description: "said later" })).toMatchObject({
      id: first.id,
      description: null,
    });
    writeFileSync(join(folder, "a.txt"), "2");
    await expect(create("data", fields)).rejects.toMatchObject({ code: "conflict" });
    expect(await create("data", { name: "fixed", path: folder })).toMatchObject({ version: "1", labels: ["latest"] });
  });

  test("count up from the highest number, archived ones included", async () => {
    const folder = folderOf("counting", { "a.txt": "1" });
    await create("model", { name: "count", path: folder, version: "9" });
    expect((await create("model", { name: "count", path: folder })).version).toBe("10");
    await update("model", "count", "10", { archived: true }, "ann");
    expect((await create("model", { name: "count", path: folder })).version).toBe("11");
  });

  test("carry labels; latest is the newest that is not archived", async () => {
    const folder = folderOf("labelled", { "a.txt": "1" });
    for (const version of ["1", "2"]) await create("model", { name: "net", path: folder, version });
    await update("model", "net", "1", { add_labels: ["prod"] }, "bob");
    const show = (which: { label?: string; version?: string }) => plane.assets.show("default", "model", "net", which);
    expect(await show({ label: "prod" })).toMatchObject({ version: "1", labels: ["prod"] });
    expect((await show({ version: "1" })).creation_context.last_modified_by).toBe("bob");
    expect((await show({ label: "latest" })).version).toBe("2");
    await update("model", "net", "2", { archived: true }, "ann");
    expect((await show({})).version).toBe("1");
    expect((await show({ version: "2" })).archived).toBe(true);
    await update("model", "net", undefined, { archived: true }, "ann");
    await expect(show({})).rejects.toMatchObject({ code: "not-found" });
    const list = (archived: "exclude" | "only") => plane.assets.list("default", "model", { name: "net", archived });
    expect(await list("exclude")).toEqual([]);
    expect((await list("only")).map(({ version }) => version)).toEqual(["2", "1"]);
    expect((await update("model", "net", undefined, { archived: false }, "ann")).archived).toBe(false);
    await expect(update("model", "net", "1", { add_labels: ["latest"] }, "ann")).rejects.toMatchObject({
      code: "invalid-request",
    });
  });

  test("are listed newest first, and the newest of each name", async () => {
    const names = (await plane.assets.list("default", "data", { archived: "exclude" })).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
    const iris = await plane.assets.list("default", "data", { name: "iris", archived: "exclude" });
    expect(iris.map(({ version, labels }) => [version, labels])).toEqual([
      ["2", ["latest"]],
      ["1", []],
    ]);
  });

  test("change only in words", async () => {
    const changes = { description: "d", tags: { a: "1", level: null }, properties: { p: "q" } };
    const asset = await update("data", "iris", "1", changes, "ann");
    expect(asset).toMatchObject({ description: "d", tags: { a: "1" } });
    expect(asset.properties).toMatchObject({ p: "q" });
    expect(plane.events).toContainEqual({ type: "assets", workspace: "default", kind: "data" });
  });
});

describe("a model", () => {
  test("is made of a folder, of a run's files, and of a job's output", async () => {
    const job = await plane.addJob();
    const left = folderOf("run-model", { MLmodel: "flavors: {}\n", "model.pkl": "not a pickle" });
    await plane.artifacts.addFolder({ workspace: "default", name: job.job, prefix: "model", folder: left });
    const ofRun = await create("model", { name: "from-run", type: "mlflow_model", path: `runs:/${job.job}/model` });
    expect(ofRun).toMatchObject({ produced_by: job.job, type: "mlflow_model", bytes: 24 });
    expect(readdirSync(await read("azureml:from-run:1", "mlflow_model")).sort()).toEqual(["MLmodel", "model.pkl"]);
    const uri = `azureml://jobs/${job.job}/outputs/artifacts/paths/model/`;
    expect((await create("model", { name: "from-job", path: uri })).digest).toBe(ofRun.digest);
    await expect(create("model", { name: "none", path: `runs:/${job.job}/nothing` })).rejects.toMatchObject({
      code: "input-unavailable",
    });
    await expect(create("model", { name: "none" })).rejects.toMatchObject({ code: "invalid-request" });
  });
});

describe("an environment", () => {
  test("holds its conda file, and is found as it was", async () => {
    const folder = folderOf("env", {
      "env.yml": "name: sk\nimage: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\nconda_file: conda.yml\n",
      "conda.yml": "channels: [conda-forge]\ndependencies:\n  - python=3.10\n  - pip:\n    - numpy==1.26\n",
    });
    const asset = await fromFile("environment", join(folder, "env.yml"));
    const conda = { channels: ["conda-forge"], dependencies: ["python=3.10", { pip: ["numpy==1.26"] }] };
    expect(asset.document).toMatchObject({ conda_file: conda, os_type: "linux" });
    rmSync(join(folder, "conda.yml"));
    const found = await findEnvironment(plane, "default", { name: "sk", label: "latest" });
    expect(JSON.parse(found?.conda?.text ?? "")).toEqual(conda);
    expect(await findEnvironment(plane, "default", { name: "none" })).toBeUndefined();
  });

  test("freezes its build context", async () => {
    const folder = folderOf("context", {
      "env.yml": "name: built\nbuild:\n  path: ctx\n",
      "ctx/Dockerfile": "FROM python:3.11\n",
    });
    await fromFile("environment", join(folder, "env.yml"));
    rmSync(join(folder, "ctx"), { recursive: true });
    const found = await findEnvironment(plane, "default", { name: "built" });
    expect(readFileSync(join(found!.build!.path, found!.build!.dockerfilePath), "utf8")).toBe("FROM python:3.11\n");
  });
});

describe("a component", () => {
  const yaml = (name: string) =>
    `$schema: https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json\nname: ${name}\ntype: command\ncommand: python train.py --lr \${{inputs.lr}}\ncode: ./src\nenvironment: azureml:sk:1\nadditional_includes: [../shared]\ninputs:\n  lr: {type: number, default: 1}\noutputs:\n  model: {type: uri_folder}\n`;

  test("freezes its code with what it includes, and shows Azure's keys", async () => {
    folderOf("shared", { "helper.py": "h = 1\n" });
    const folder = folderOf("component", { "c.yml": yaml("train_it"), "src/train.py": "print(1)\n" });
    const asset = await fromFile("component", join(folder, "c.yml"));
    expect(asset).toMatchObject({ name: "train_it", version: "1", type: "command" });
    expect(asset.document).toMatchObject({
      inputs: { lr: { type: "number", default: "1.0" } },
      outputs: { model: { type: "uri_folder" } },
      environment: "azureml:sk:1",
    });
    const files = await plane.snapshots.list(asset.digest!);
    expect(files.filter(({ is_dir }) => !is_dir).map(({ path }) => path)).toEqual(["shared/helper.py", "train.py"]);
  });

  test("needs a name that Azure would register", async () => {
    const folder = folderOf("bad-component", { "c.yml": yaml("train-it"), "src/train.py": "", "shared/x": "" });
    await expect(fromFile("component", join(folder, "c.yml"))).rejects.toMatchObject({ code: "invalid-document" });
  });
});
