import {
  closeSync,
  existsSync,
  openSync,
  writeSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EngineEvent } from "#contract/events.ts";
import { Artifacts } from "#engine/artifacts/artifacts.ts";
import { dataFolders, makeDataParts } from "#engine/dataParts.ts";
import { CollectDeleted } from "#engine/gc/collectDeleted.ts";
import { Collector } from "#engine/gc/collector.ts";
import { Keeping } from "#engine/gc/keeping.ts";
import { diskFiles } from "#engine/jobs/diskFiles.ts";
import { schema } from "#engine/store/schema.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { systemClock } from "#base/clock.ts";
import { noAnswers, openParts, writeTree, type Parts } from "../snapshots/parts.ts";

const day = 24 * 60 * 60 * 1000;

let parts: Parts;
let told: EngineEvent[] = [];
/** How far the clock is ahead: files are made now and collected "later". */
let ahead = 0;
const clock = { ...systemClock, now: () => Date.now() + ahead };

function open() {
  const { store, workers, home, userHome, transport } = parts;
  const blobs = new Blobs({ root: join(home, "blobs"), clock });
  const artifacts = new Artifacts({ store, blobs, workers, clock, packs: join(home, "packs") });
  const data = makeDataParts({
    ...{ store, blobs, workers, clock, artifacts, home, userHome },
    bus: { publish: () => undefined },
    local: transport,
    files: diskFiles,
    baseUrl: () => "http://x",
    allowedHosts: [],
  });
  const bus = { publish: (event: EngineEvent) => void told.push(event) };
  const logs = join(home, "logs");
  const target = join(home, "targets/local");
  const keeping = new Keeping({ store, clock, logs, announce: () => undefined });
  const collector = new Collector({
    deleted: new CollectDeleted({ store, bus, clock, keeping, logs, target }),
    ...{ store, blobs, clock, trees: data.trees },
    folders: { ...dataFolders(home), blobs: join(home, "blobs"), target: join(home, "targets/local") },
    engineLog: join(home, "engine.log"),
    prunePackages: () => Promise.resolve({ what: "packages", count: 0, bytes: 0 }),
    removeEnvironments: () => Promise.resolve({ what: "environments", count: 0, bytes: 0 }),
  });
  return { ...data, blobs, artifacts, collector, keeping };
}
let plane: ReturnType<typeof open>;

beforeEach(async () => {
  ahead = 0;
  told = [];
  parts = await openParts();
  plane = open();
  await plane.workspaces.ensureDefault("ann");
});
afterEach(() => parts.close());

const collect = (dryRun = false) => plane.collector.collect({ dryRun, environmentsUnusedDays: 30, deletedDays: 30 });

async function freeze(name: string, files: Record<string, string | Buffer>): Promise<string> {
  const root = writeTree(join(parts.folder, name), files);
  return (await plane.snapshots.freeze(await plane.snapshots.scan(root, noAnswers))).digest;
}

async function addJob(name: string, plan: unknown, inputs: unknown = {}): Promise<number> {
  await parts.store.write("createJob", {
    workspace: "default",
    ...{ name, owner: "ann", actor: "ann", type: "command", requestDigest: name, displayName: name },
    ...{ experimentName: "e", description: null, compute: "local", parentName: null, sourceFile: null },
    ...{ tags: {}, properties: {}, plan: JSON.stringify(plan), inputs: JSON.stringify(inputs), outputs: "{}" },
    ...{ priority: 0, cpus: 1, memoryBytes: 0, gpus: 0, at: clock.now() },
  });
  const row = await parts.store.read("job", { workspace: "default", name });
  return row!.run_id;
}

/** A job that has run once and is over, with the folder of its attempt. */
async function addEndedJob(name: string, inputs: unknown = {}): Promise<string> {
  const runId = await addJob(name, {}, inputs);
  const folder = join(parts.home, "targets/local/jobs", name, "1");
  writeTree(folder, { "inputs/x.csv": "12345", "exit.json": "{}" });
  await parts.store.write("leaseJob", { runId, lease: "l" });
  const change = { runId, lease: "l", at: clock.now(), actor: "ann", evidence: {} };
  await parts.store.write("beginAttempt", {
    ...{ runId, lease: "l", attempt: 1, compute: "local", folder, marker: name, gpus: [] },
    at: clock.now(),
  });
  for (const to of ["Preparing", "Starting", "Running", "Finalizing", "Completed"] as const) {
    await parts.store.write("changeJob", { ...change, to });
  }
  return folder;
}

test("keeps what jobs and assets name, and frees the rest with its bytes", async () => {
  const kept = await freeze("kept", { "a.py": "kept a\n", "big.bin": Buffer.alloc(400_000, 1) });
  await addJob("job_1", { snapshot: { digest: kept } });
  const lost = await freeze("lost", { "b.py": "lost b\n", "big.bin": Buffer.alloc(500_000, 2) });
  const model = writeTree(join(parts.folder, "model"), { "weights.bin": Buffer.alloc(300_000, 3) });
  await plane.assets.create("default", "model", { fields: { name: "m", path: model }, files: diskFiles }, "ann");
  expect((await collect()).removed).toEqual([]);
  ahead = 2 * 60 * 60 * 1000;
  plane = open();
  const would = await collect(true);
  expect(would.bytes_freed).toBeGreaterThan(500_000);
  expect(await parts.store.read("tree", { digest: lost })).not.toBeNull();
  const { removed, bytes_freed } = await collect();
  expect(bytes_freed).toBe(would.bytes_freed);
  expect(Object.fromEntries(removed.map(({ what, count }) => [what, count]))).toEqual({
    "code and asset snapshots": 1,
    "packs of small files": 1,
    // The large file and the manifest.
    "stored files": 2,
  });
  await expect(plane.trees.files(lost)).rejects.toMatchObject({ code: "not-found" });
  expect((await buffer(await plane.snapshots.open(kept, "a.py"))).toString()).toBe("kept a\n");
  expect(await buffer(await plane.snapshots.open(kept, "big.bin"))).toHaveLength(400_000);
  expect((await collect()).removed).toEqual([]);
});

test("what was collected can be frozen again", async () => {
  const files = { "a.py": "again\n", "big.bin": Buffer.alloc(400_000, 9) };
  const first = await freeze("again", files);
  ahead = 2 * 60 * 60 * 1000;
  plane = open();
  await collect();
  expect(await freeze("again", files)).toBe(first);
  expect((await buffer(await plane.snapshots.open(first, "a.py"))).toString()).toBe("again\n");
  expect(await buffer(await plane.snapshots.open(first, "big.bin"))).toHaveLength(400_000);
});

test("removes nothing when a manifest that is needed is damaged", async () => {
  const kept = await freeze("kept", { "a.py": "a\n" });
  await addJob("job_1", { snapshot: { digest: kept } });
  await freeze("lost", { "b.bin": Buffer.alloc(400_000, 2) });
  writeFileSync(plane.blobs.path(kept), "garbage");
  ahead = 2 * 60 * 60 * 1000;
  plane = open();
  await expect(collect()).rejects.toMatchObject({ code: "blob-corrupt", message: expect.stringContaining(kept) });
  const left: string[] = [];
  for await (const sha256 of plane.blobs.list()) left.push(sha256);
  expect(left).toHaveLength(3);
});

test("never meets a freeze half-way: freezing and collecting at once loses nothing", async () => {
  const trees: string[] = [];
  for (let round = 0; round < 15; round++) {
    const files = { "same.py": "the same in all\n", [`f${round}.py`]: `x = ${round}\n` };
    const [digest] = await Promise.all([freeze(`round${round}`, files), collect()]);
    trees.push(digest);
    ahead += 30 * 60 * 1000;
  }
  const last = trees.at(-1)!;
  expect((await buffer(await plane.snapshots.open(last, "same.py"))).toString()).toBe("the same in all\n");
});

test("removes stale views, downloads and leftovers, and touches nothing that is young", async () => {
  const folders = dataFolders(parts.home);
  const age = (path: string, days: number) => {
    const at = new Date(Date.now() - days * day);
    utimesSync(path, at, at);
  };
  const put = (path: string, days: number) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "12345");
    age(path, days);
    return path;
  };
  mkdirSync(join(folders.trees, "old"), { recursive: true });
  mkdirSync(join(folders.trees, "new"), { recursive: true });
  const oldStamp = put(join(folders.trees, "old.stamp"), 8);
  const newStamp = put(join(folders.trees, "new.stamp"), 6);
  const url = join(folders.urls, "u1");
  put(join(url, "data.csv"), 40);
  age(url, 31);
  const half = put(join(folders.incoming, "tree-1"), 1);
  const young = put(join(folders.incoming, "tree-2"), 0);
  const pack = put(join(folders.packs, "ab", "ab".repeat(32)), 1);
  const { removed, bytes_freed } = await collect();
  expect(bytes_freed).toBe(20);
  expect(removed.map(({ what }) => what)).toEqual([
    "half-written packs",
    "views of snapshots",
    "downloaded files",
    "leftovers",
  ]);
  for (const path of [join(folders.trees, "old"), oldStamp, url, half, pack])
    expect(existsSync(path), path).toBe(false);
  for (const path of [join(folders.trees, "new"), newStamp, young]) expect(existsSync(path), path).toBe(true);
  expect(readFileSync(young, "utf8")).toBe("12345");
});

test("removes the folders of archived jobs, and of others the copies of their inputs", async () => {
  const archived = await addEndedJob("job_archived");
  const plain = await addEndedJob("job_plain");
  await parts.store.write("updateJob", { workspace: "default", name: "job_archived", at: clock.now(), archived: true });
  const { removed } = await collect();
  expect(removed).toEqual([{ what: "folders of ended jobs", count: 2, bytes: 12 }]);
  expect(existsSync(archived)).toBe(false);
  expect(readdirSync(plain)).toEqual(["exit.json"]);
});

test("sets a large log of the running engine aside, and keeps three", async () => {
  const log = join(parts.home, "engine.log");
  const put = (name: string, text: string) => writeFileSync(join(parts.home, name), text);
  put("engine.log", "short");
  put("engine.log.1", "one");
  expect((await collect()).removed).toEqual([]);
  put("engine.log", "x".repeat(10_000_000));
  put("engine.log.2", "two");
  put("engine.log.3", "three");
  const open = openSync(log, "a");
  expect((await collect()).removed).toEqual([{ what: "old engine logs", count: 1, bytes: 5 }]);
  writeSync(open, "goes on");
  closeSync(open);
  expect(readFileSync(log, "utf8")).toBe("goes on");
  expect(readFileSync(`${log}.1`, "utf8")).toHaveLength(10_000_000);
  expect([2, 3].map((number) => readFileSync(`${log}.${number}`, "utf8"))).toEqual(["one", "two"]);
});

test("knows every column that names a stored file", () => {
  // A new column with such a name must be added to the query `roots`, or here when it names no stored file.
  const columns = [...schema.matchAll(/^\s+(\w*(?:sha256|digest|tree|blob)\w*)\s+(?:TEXT|BLOB)/gm)].map(
    ([, name]) => name,
  );
  expect([...new Set(columns)].sort()).toEqual(["dataset_digest", "digest", "request_digest", "sha256", "tree"]);
  expect(columns).toHaveLength(10);
});

describe("deleted jobs and runs", () => {
  const names = (jobs: { name: string; result: string }[]) => jobs.map(({ name, result }) => `${name} ${result}`);
  const remove = (...wanted: string[]) =>
    plane.keeping.byName("default", wanted, { change: "delete", dryRun: false, actor: "bob" });
  const restore = (...wanted: string[]) =>
    plane.keeping.byName("default", wanted, { change: "restore", dryRun: false, actor: "bob" });
  const later = (days: number) => {
    ahead += days * day;
    plane = open();
  };
  const put = (name: string, path: string, text: string) => {
    const file = join(writeTree(join(parts.folder, `of-${name}`), { [path]: text }), path);
    return plane.artifacts.addFile({ workspace: "default", name, path, file });
  };
  const listed = async (archived: "exclude" | "only") =>
    (
      await parts.store.read("listJobs", {
        filter: {
          ...{ workspace: "default", archived, statuses: null, experiment: null },
          ...{ parent: null, owner: null, text: null },
        },
        before: null,
        limit: 50,
      })
    ).map(({ name }) => name);

  test("stay until their time is over, can be restored, then free what the delete had said", async () => {
    const folder = await addEndedJob("job_gone");
    await addEndedJob("job_stays");
    writeTree(join(parts.home, "logs/default/job_gone"), { "user_logs/std_log.txt": "0123456789" });
    const big = "x".repeat(300_000);
    await put("job_gone", "big.bin", big);
    await put("job_gone", "shared.bin", `${big}s`);
    await put("job_stays", "shared.bin", `${big}s`);
    const deleted = await remove("job_gone", "job_unknown");
    expect(names(deleted.jobs)).toEqual(["job_gone deleted", "job_unknown not-found"]);
    // Its own file, its log, and its attempt's files; the file that another has too is not counted.
    expect(deleted.bytes).toBe(300_000 + 10 + 7);
    expect(await listed("exclude")).toEqual(["job_stays"]);
    expect(await listed("only")).toEqual(["job_gone"]);
    later(29);
    expect((await collect()).removed).toEqual([{ what: "folders of ended jobs", count: 2, bytes: 10 }]);
    expect(names((await restore("job_gone")).jobs)).toEqual(["job_gone restored"]);
    expect(await listed("exclude")).toEqual(["job_stays", "job_gone"]);
    expect(names((await remove("job_gone")).jobs)).toEqual(["job_gone deleted"]);
    later(31);
    const would = await collect(true);
    const { removed, bytes_freed } = await collect();
    expect(bytes_freed).toBe(would.bytes_freed);
    expect(removed).toEqual(would.removed);
    expect(removed).toEqual([
      { what: "deleted jobs and runs", count: 1, bytes: 12 },
      { what: "stored files", count: 1, bytes: 300_000 },
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(parts.home, "logs/default/job_gone"))).toBe(false);
    expect(told).toContainEqual({ type: "job-deleted", workspace: "default", name: "job_gone" });
    expect(names((await restore("job_gone")).jobs)).toEqual(["job_gone not-found"]);
    const left = await plane.artifacts.open({ workspace: "default", name: "job_stays", path: "shared.bin" });
    expect((await buffer(left.stream)).length).toBe(300_001);
  });

  test("a job that is not over is not deleted", async () => {
    await addJob("job_open", {});
    expect(names((await remove("job_open")).jobs)).toEqual(["job_open not-over"]);
    expect(await listed("exclude")).toEqual(["job_open"]);
  });

  test("what is pinned, registered or used stays, and is named with the reason", async () => {
    for (const name of ["job_plain", "job_pinned", "job_maker", "job_used", "job_young"]) await addEndedJob(name);
    await parts.store.write("setRunTags", { workspace: "default", name: "job_pinned", tags: { pinned: "true" } });
    await put("job_maker", "model/weights.bin", "w");
    await plane.assets.create(
      "default",
      "model",
      { fields: { name: "m", path: "azureml://jobs/job_maker/outputs/artifacts/paths/model" }, files: diskFiles },
      "ann",
    );
    later(10);
    await addEndedJob("job_user", { data: { type: "uri_folder", produced_by: "job_used" } });
    const purge = (dryRun: boolean) =>
      plane.keeping.purge("default", { olderThanDays: 5, experiment: null, statuses: [], dryRun, actor: "ann" });
    const would = await purge(true);
    expect(would.jobs).toEqual(["job_plain", "job_young"]);
    expect(Object.fromEntries(would.kept.map(({ name, reason }) => [name, reason]))).toEqual({
      job_pinned: "it is pinned",
      job_maker: "the model m:1 was made of it",
      job_used: "the job job_user used what it made",
    });
    expect(await listed("only")).toEqual([]);
    expect(await purge(false)).toEqual({ ...would, dry_run: false });
    // Deleted by hand, they are kept from the collector all the same.
    await remove("job_pinned", "job_maker", "job_used");
    later(40);
    const { kept } = await collect();
    expect(kept.map(({ name }) => name).sort()).toEqual(["job_maker", "job_pinned", "job_used"]);
    expect((await listed("only")).sort()).toEqual(["job_maker", "job_pinned", "job_used"]);
  });

  test("a workspace's retention time deletes what is older, and the next collection but one frees it", async () => {
    await addEndedJob("job_old");
    later(20);
    await addEndedJob("job_new");
    await collect();
    expect(await listed("exclude")).toEqual(["job_new", "job_old"]);
    await plane.workspaces.update("default", { retention_days: 14 }, "ann");
    const { removed } = await collect();
    expect(removed.map(({ what, count }) => [what, count])).toContainEqual([
      "jobs past the retention time (deleted, not collected yet)",
      1,
    ]);
    expect(await listed("exclude")).toEqual(["job_new"]);
    await plane.workspaces.update("default", { retention_days: null }, "ann");
    later(31);
    await collect();
    expect(await listed("only")).toEqual([]);
    expect(await listed("exclude")).toEqual(["job_new"]);
  });
});
