import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync, openSync, writeSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { Backups } from "#engine/store/backup.ts";
import { Store } from "#engine/store/store.ts";

let folder: string;
let path: string;
const open = () => Store.open({ path, now: Date.now(), onFault: () => undefined });
const put = (store: Store, key: string, value: string) => store.write("putSetting", { key, value });
const get = (store: Store, key: string) => store.read("setting", { key });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-store-"));
  path = join(folder, "slipway.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the store", () => {
  it("keeps what was answered and lets readers see it at once", async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => put(store, `key${index}`, String(index))));
    expect(await get(store, "key499")).toBe("499");
    await store.dispose();
    const again = await open();
    expect(again.condition.state).toBe("ok");
    expect(await get(again, "key0")).toBe("0");
    await again.dispose();
  });

  it("answers one call after the other, however many there are, and ends while it waits for the next", async () => {
    const store = await open();
    for (let index = 0; index < 450; index++) await put(store, "count", String(index));
    expect(await get(store, "count")).toBe("449");
    const last = put(store, "count", "last");
    await store.dispose();
    await last;
    const again = await open();
    expect(again.condition.state).toBe("ok");
    expect(await get(again, "count")).toBe("last");
    await again.dispose();
  });

  it("takes back only the call that failed, not those that shared its commit", async () => {
    const store = await open();
    const bad = store.write("putSetting", { key: "bad", value: null as unknown as string });
    const good = put(store, "good", "yes");
    await expect(bad).rejects.toThrow(/NOT NULL/);
    await good;
    expect(await get(store, "good")).toBe("yes");
    await store.dispose();
  });

  it("refuses a store of a newer version without touching it", async () => {
    const store = await open();
    await store.dispose();
    const { default: Database } = await import("better-sqlite3");
    const raw = new Database(path);
    raw.pragma("user_version = 999");
    raw.close();
    await expect(open()).rejects.toMatchObject({ code: "store-newer" });
  });

  it("sets a damaged file aside and restores the newest copy", async () => {
    const store = await open();
    await put(store, "kept", "in the copy");
    await new Backups({ path, clock: systemClock, log: () => undefined }).make();
    await store.dispose();
    const file = openSync(path, "r+");
    for (let page = 0; page < 8; page++) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
    closeSync(file);
    const again = await open();
    expect(again.condition.state).toBe("restored");
    expect(again.condition.detail).toContain("damaged");
    expect(await get(again, "kept")).toBe("in the copy");
    expect(readdirSync(folder).some((name) => name.startsWith("damaged-"))).toBe(true);
    await again.dispose();
  });

  it("says so when the write-ahead log was lost", async () => {
    const store = await open();
    await put(store, "lost", "soon");
    // What a killed engine leaves, less its log.
    const copy = join(folder, "other");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(copy);
    copyFileSync(path, join(copy, "slipway.db"));
    copyFileSync(`${path}.state`, join(copy, "slipway.db.state"));
    await store.dispose();
    const again = await Store.open({ path: join(copy, "slipway.db"), now: Date.now(), onFault: () => undefined });
    expect(again.condition.state).toBe("restored");
    await again.dispose();
  });

  it("does not start empty without a word when the file is gone", async () => {
    const store = await open();
    await store.dispose();
    rmSync(path);
    const again = await open();
    expect(again.condition).toMatchObject({ state: "restored" });
    await again.dispose();
  });

  it("recovers from a zeroed header", async () => {
    const store = await open();
    await store.dispose();
    writeFileSync(path, Buffer.alloc(8192));
    const again = await open();
    expect(again.condition.state).toBe("restored");
    await again.dispose();
  });
});
