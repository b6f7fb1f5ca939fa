import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transport } from "#transport/transport.ts";
import { noAnswers, writeTree } from "../snapshots/parts.ts";
import { openPlane, type Plane } from "./plane.ts";

let plane: Plane;
/** Another machine, as far as the parts can tell: only what is put there is there. */
let away: Transport;
let moved: string[];

beforeAll(async () => {
  plane = await openPlane();
  const { transport } = plane;
  away = {
    kind: "elsewhere",
    sharesFiles: false,
    exec: (argv, options) => transport.exec(argv, options),
    put: (from, to) => {
      moved.push(to);
      return transport.put(from, to);
    },
    get: (from, to) => {
      moved.push(from);
      return transport.get(from, to);
    },
    probe: () => transport.probe(),
    close: () => Promise.resolve(),
  };
});
afterAll(() => plane.close());

async function addJob() {
  moved = [];
  return { ...(await plane.addJob()), transport: away };
}

test("code is laid out here, checked, and put there", async () => {
  const root = writeTree(join(plane.folder, "code"), { "train.py": "1\n", "lib/a.py": "2\n" });
  const { digest } = await plane.snapshots.freeze(await plane.snapshots.scan(root, noAnswers));
  const job = await addJob();
  const to = join(job.attemptFolder, "wd");
  await plane.snapshots.materialize({ digest, to, transport: away });
  expect(moved).toEqual([to]);
  expect(readFileSync(join(to, "lib/a.py"), "utf8")).toBe("2\n");
  expect(readdirSync(join(plane.home, "incoming"))).toEqual([]);
});

test("inputs are put into the job's folder, whatever their mode", async () => {
  const folder = writeTree(join(plane.folder, "data"), { "a.csv": "1\n" });
  for (const [path, type, expected] of [
    [folder, "uri_folder", "inputs/x"],
    [join(folder, "a.csv"), "uri_file", "inputs/x/a.csv"],
  ] as const) {
    const job = await addJob();
    const input = { type, path, mode: "ro_mount" };
    const found = await plane.data.resolveInput({ ...job, name: "x", input });
    expect(found.path).toBe(join(job.attemptFolder, expected));
    expect(moved).toEqual([found.path]);
  }
});

test("outputs are fetched, also those that go to a datastore of this machine", async () => {
  const job = await addJob();
  const output = { type: "uri_folder", path: null, mode: "rw_mount", name: null, version: null };
  const kept = { ...job, name: "o", output, actor: "ann" };
  const { path } = await plane.data.prepareOutput(kept);
  writeTree(path, { "m.txt": "m" });
  await plane.data.collectOutput({ ...kept, path });
  const own = { workspace: job.workspace, name: job.job };
  const listed = await plane.artifacts.list({ ...own, path: "named-outputs/o", recursive: true });
  expect(listed.map((file) => file.path)).toEqual(["m.txt"]);

  const stored = { ...kept, name: "d", output: { ...output, path: "azureml://datastores/workspaceblobstore/paths/d" } };
  const { path: there } = await plane.data.prepareOutput(stored);
  expect(there).toBe(join(job.attemptFolder, "named-outputs/d"));
  writeTree(there, { "n.txt": "n" });
  await plane.data.collectOutput({ ...stored, path: there });
  const here = await plane.datastores.resolve("default", "workspaceblobstore", "d/n.txt");
  expect(readFileSync(here, "utf8")).toBe("n");
  expect(readdirSync(join(plane.home, "incoming"))).toEqual([]);
});
