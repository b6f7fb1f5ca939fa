import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Clock } from "#base/clock.ts";
import { Backups } from "#engine/store/backup.ts";
import { Store } from "#engine/store/store.ts";

const minute = 60_000;
let folder: string;
let path: string;
let store: Store;
/** A clock that a test turns: what waits, and how long. */
let now: number;
let waiting: { ms: number; run: () => void }[];
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  after: (ms, run) => {
    waiting.push({ ms, run });
    return () => undefined;
  },
};
const copies = () => readdirSync(join(folder, "backups"));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-backup-"));
  path = join(folder, "slipway.db");
  now = Date.now();
  waiting = [];
  store = await Store.open({ path, now, onFault: () => undefined });
});
afterEach(async () => {
  await store.dispose();
  rmSync(folder, { recursive: true, force: true });
});

it("the first copy is made a minute after the start, the next an hour later", async () => {
  new Backups({ path, clock, log: () => undefined });
  expect(waiting.map(({ ms }) => ms)).toEqual([minute]);
  waiting.pop()?.run();
  await vi.waitFor(() => expect(waiting).toHaveLength(1), { timeout: 20_000 });
  expect(copies()).toHaveLength(1);
  expect(waiting[0]?.ms).toBeGreaterThan(59 * minute);
});

it("the hour goes on over restarts", async () => {
  await new Backups({ path, clock, log: () => undefined }).make();
  waiting = [];
  const copy = join(folder, "backups", copies()[0] as string);
  const age = (minutes: number) => utimesSync(copy, (now - minutes * minute) / 1000, (now - minutes * minute) / 1000);
  for (const [minutes, wait] of [
    [0, 60],
    [20, 40],
    [59.5, 1],
    [500, 1],
  ] as const) {
    age(minutes);
    new Backups({ path, clock, log: () => undefined });
    expect(Math.round((waiting.at(-1)?.ms ?? 0) / minute)).toBe(wait);
  }
  expect(statSync(copy).size).toBeGreaterThan(0);
});

it("a copy that fails is told, and tried again an hour later", async () => {
  const told: string[] = [];
  new Backups({ path: join(folder, "missing", "none.db"), clock, log: (line) => told.push(line) });
  waiting.pop()?.run();
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 20_000 });
  expect(waiting.map(({ ms }) => ms)).toEqual([60 * minute]);
});
