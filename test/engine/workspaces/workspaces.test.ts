import { afterAll, beforeAll, expect, test } from "vitest";
import { openPlane, type Plane } from "../data/plane.ts";

let plane: Plane;
beforeAll(async () => {
  plane = await openPlane();
});
afterAll(() => plane.close());

test("a fresh store has the workspace default, once", async () => {
  const first = await plane.workspaces.ensureDefault("bob");
  expect(first).toMatchObject({
    name: "default",
    is_default: true,
    default_compute: "local",
    mlflow_tracking_uri: "http://127.0.0.1:1234/w/default",
  });
  expect(first.creation_context.created_by).toBe("ann");
  expect(await plane.workspaces.list()).toHaveLength(1);
});

test("workspaces are apart: datastores, mirrors and assets of one are not the other's", async () => {
  await plane.workspaces.create({ name: "Team", description: "ours", tags: { a: "b" } }, "bob");
  const stores = await plane.datastores.list("Team");
  expect(stores.map(({ name, is_default }) => [name, is_default])).toEqual([
    ["workspaceartifactstore", false],
    ["workspaceblobstore", true],
  ]);
  expect(stores[1]?.path).not.toBe((await plane.datastores.show("default", "workspaceblobstore")).path);
  await plane.mirrors.add("Team", { prefix: "https://x.org/", path: plane.folder }, "bob");
  expect(await plane.mirrors.list("default")).toEqual([]);
  await expect(plane.workspaces.create({ name: "team" }, "bob")).rejects.toMatchObject({ code: "conflict" });
  await expect(plane.workspaces.show("nowhere")).rejects.toMatchObject({ code: "not-found" });
});

test("one is the default; the default is never archived", async () => {
  await expect(plane.workspaces.update("default", { archived: true }, "ann")).rejects.toMatchObject({
    code: "conflict",
  });
  await plane.workspaces.update("Team", { is_default: true, default_compute: "gpu1" }, "ann");
  const listed = await plane.workspaces.list();
  expect(listed.filter(({ is_default }) => is_default).map(({ name }) => name)).toEqual(["Team"]);
  await plane.workspaces.update("default", { archived: true }, "ann");
  expect((await plane.workspaces.list()).map(({ name }) => name)).toEqual(["Team"]);
  expect(await plane.workspaces.list(true)).toHaveLength(2);
  await expect(plane.workspaces.update("default", { is_default: true }, "ann")).rejects.toMatchObject({
    code: "conflict",
  });
  await plane.workspaces.update("default", { archived: false }, "ann");
  expect((await plane.workspaces.show("default")).archived).toBe(false);
});

test("a datastore is replaced by its name, changes its place as the default, and is forgotten but for that", async () => {
  const local = (path: string) => ({ document: { name: "disk", type: "local_folder", path }, folder: plane.folder });
  await expect(plane.datastores.create("default", local("absent"), "ann")).rejects.toMatchObject({
    code: "file-not-found",
  });
  const made = await plane.datastores.create("default", local("."), "ann");
  expect(made).toMatchObject({ type: "local_folder", path: plane.folder, is_default: false });
  await plane.datastores.update("default", "disk", { is_default: true, tags: { a: "1" } }, "ann");
  expect(await plane.datastores.defaultName("default")).toBe("disk");
  await expect(plane.datastores.remove("default", "disk")).rejects.toMatchObject({ code: "conflict" });
  await plane.datastores.update("default", "workspaceblobstore", { is_default: true }, "ann");
  await plane.datastores.remove("default", "disk");
  await expect(plane.datastores.show("default", "disk")).rejects.toMatchObject({ code: "not-found" });
});

test.each([
  ["a prefix that is no URL", { prefix: "datasets", path: "/" }, "invalid-request"],
  ["a relative folder", { prefix: "https://a.org/", path: "x" }, "invalid-request"],
  ["a folder that is not there", { prefix: "https://a.org/", path: "/nonexistent/x" }, "file-not-found"],
])("%s makes no mirror", async (_what, mirror, code) => {
  await expect(plane.mirrors.add("default", mirror, "ann")).rejects.toMatchObject({ code });
  await expect(plane.mirrors.remove("default", mirror.prefix)).rejects.toMatchObject({ code: "not-found" });
});
