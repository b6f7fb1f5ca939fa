import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

interface AssetJson {
  name: string;
  version: string;
  type?: string;
  path?: string;
  description?: string;
  tags: Record<string, string>;
  image?: string;
  creation_context: { created_by: string };
}

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  mkdirSync(join(home.folder, "files"));
  home.write("files/a.csv", "x,y\n1,2\n");
});
afterAll(() => home.remove());

const tsv = async (...args: string[]) => (await home.run([...args, "-o", "tsv"])).stdout.trim();

describe.skipIf(notBuilt)(`assets from the terminal${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("get numbers as versions, labels, changes, an archive", async () => {
    const file = home.write("data.yml", "name: prices\ntype: uri_folder\npath: files\ntags:\n  a: b\n");
    const first = await home.json<AssetJson>(["data", "create", "-f", file]);
    expect(first).toMatchObject({ name: "prices", version: "1", type: "uri_folder", tags: { a: "b" } });
    expect(first.creation_context.created_by).not.toBe("");
    const second = await home.json<AssetJson>(["data", "create", "--f", file, "--set", "description=more", "tags.c=d"]);
    expect(second).toMatchObject({ version: "2", description: "more", tags: { a: "b", c: "d" } });
    expect(await tsv("data", "show", "-n", "prices", "--label", "latest", "--query", "version")).toBe("2");
    expect(await tsv("data", "show", "-n", "prices", "-v", "1", "--query", "version")).toBe("1");
    expect(await tsv("data", "list", "--query", "[].[name,version]")).toBe("prices\t2");
    expect((await tsv("data", "list", "-n", "prices", "--query", "[].version")).split("\n").sort()).toEqual(["1", "2"]);

    const changes = ["--set", "description=less", "tags.e=f", "--remove", "tags.a"];
    const changed = await home.json<AssetJson>(["data", "update", "-n", "prices", "-v", "2", ...changes]);
    expect(changed).toMatchObject({ description: "less", tags: { c: "d", e: "f" } });
    expect(changed.tags).not.toHaveProperty("a");
    await home.run(["data", "archive", "-n", "prices"]);
    expect(await tsv("data", "list", "--query", "[].name")).toBe("");
    await home.run(["data", "restore", "-n", "prices"]);
    expect(await tsv("data", "list", "--query", "[].name")).toBe("prices");
  });

  it("are made of options alone, with paths taken from the folder one stands in", async () => {
    const data = await home.json<AssetJson>(["data", "create", "-n", "d", "--path", "files", "--type", "uri_folder"]);
    expect(data.path).toContain("files");
    const environment = await home.json<AssetJson>(["environment", "create", "-n", "e", "--image", "python:3.11"]);
    expect(environment).toMatchObject({ name: "e", version: "1", image: "python:3.11" });
    const model = await home.json<AssetJson>([
      "model",
      "create",
      "-n",
      "m",
      "-v",
      "7",
      "-p",
      "files",
      "-t",
      "custom_model",
    ]);
    expect(model).toMatchObject({ name: "m", version: "7", type: "custom_model" });
  });

  it("that are wrong or absent say so", async () => {
    expect(await home.run(["model", "show", "-n", "nope"])).toMatchObject({ code: 3 });
    const neither = await home.run(["data", "create", "--type", "uri_folder"]);
    expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining("--file/-f or --name/-n") });
    expect(await home.run(["data", "create", "-n", "x", "--type", "folder"])).toMatchObject({ code: 2 });
    expect(await home.run(["data", "show", "-n", "x", "-v", "1", "-l", "latest"])).toMatchObject({ code: 2 });
  });

  it("live in workspaces beside datastores, computes and mirrors", async () => {
    await home.json(["workspace", "create", "-n", "team", "--description", "ours"]);
    expect(await tsv("workspace", "show", "-n", "team", "--query", "description")).toBe("ours");
    expect(await tsv("data", "list", "-w", "team")).toBe("");
    expect(await tsv("datastore", "list", "--query", "[?is_default].name")).toBe("workspaceblobstore");
    expect(await tsv("compute", "show", "-n", "local", "--query", "provisioning_state")).toBe("Succeeded");
    const added = await home.json<unknown[]>(["mirror", "add", "--prefix", "https://x.y/z/", "--path", "files"]);
    expect(added).toEqual([{ prefix: "https://x.y/z/", path: join(home.folder, "files") }]);
    expect(await home.json<unknown[]>(["mirror", "remove", "--prefix", "https://x.y/z/"])).toEqual([]);
  });
});
