import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { errnoOf, messageOf } from "#base/errors.ts";
import { isDamage } from "./storeFault.ts";

/** How the store was found at the start of the engine. */
export interface StoreCondition {
  /** `read-only`: the disk takes nothing at the moment; running jobs go on, what they do is taken over later. */
  state: "ok" | "restored" | "read-only";
  /** What happened and where the damaged files lie, or why nothing can be written; empty when nothing did. */
  detail: string;
}

interface Marker {
  state: "open" | "closing" | "closed";
  /** Counts the openings. Kept outside the database, so that an older copy of it is noticed. */
  generation: number;
}

/** A check of every page is cheap below this size; above it only an unclean end is worth the wait. */
const alwaysCheckedBytes = 200 * 1024 * 1024;

const markerPath = (path: string) => `${path}.state`;
export const backupFolder = (path: string) => join(dirname(path), "backups");

function readMarker(path: string): Marker | undefined {
  try {
    return JSON.parse(readFileSync(markerPath(path), "utf8")) as Marker;
  } catch {
    return undefined;
  }
}

export function writeMarker(path: string, marker: Marker): void {
  const fresh = `${markerPath(path)}.new`;
  writeFileSync(fresh, JSON.stringify(marker), { flush: true });
  renameSync(fresh, markerPath(path));
}

/**
 * Looks at the store before it is opened. A damaged file is set aside and the newest good backup takes its place; a lost
 * write-ahead log is noticed (SQLite itself would open the older state without a word). Never starts empty silently.
 */
export function examineStore(path: string, now: number): StoreCondition {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const marker = readMarker(path);
  if (!existsSync(path)) {
    if (!marker) return { state: "ok", detail: "" };
    return restore(path, now, "the database file is gone");
  }
  const walLost = marker?.state === "open" && !(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0);
  if (marker?.state !== "closed" || statSync(path).size < alwaysCheckedBytes) {
    const fault = check(path);
    if (fault) return restore(path, now, fault);
  }
  if (walLost) {
    return {
      state: "restored",
      detail:
        "The write-ahead log was removed while the engine was not running: what was written last is lost, work found on the targets is taken up again.",
    };
  }
  return { state: "ok", detail: "" };
}

/** Notes the opening in the database and beside it; tells when the database is older than what was noted. */
export function noteOpening(path: string, inDatabase: number): { generation: number; older: boolean } {
  const beside = readMarker(path)?.generation ?? 0;
  const generation = Math.max(beside, inDatabase) + 1;
  return { generation, older: inDatabase < beside };
}

/** What is wrong with a database. A disk that is full or cannot be read is no damage: that is thrown. */
function check(path: string): string | undefined {
  try {
    const db = new Database(path, { fileMustExist: true });
    try {
      const answer = db.pragma("quick_check(1)", { simple: true }) as string;
      return answer === "ok" ? undefined : answer;
    } finally {
      db.close();
    }
  } catch (thrown) {
    if (!isDamage(errnoOf(thrown))) throw thrown;
    return messageOf(thrown);
  }
}

function restore(path: string, now: number, fault: string): StoreCondition {
  const aside = join(dirname(path), `damaged-${now}`);
  mkdirSync(aside, { recursive: true });
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  }
  const backup = backups(path).find((candidate) => check(candidate) === undefined);
  if (!backup) {
    return {
      state: "restored",
      detail: `The store was damaged (${fault}) and there was no backup: it starts empty. The damaged files are in ${aside}.`,
    };
  }
  copyFileSync(backup, path);
  return {
    state: "restored",
    detail: `The store was damaged (${fault}); the copy ${basename(backup)} took its place. The damaged files are in ${aside}.`,
  };
}

/** The backups, the newest first. */
export function backups(path: string): string[] {
  const folder = backupFolder(path);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".db"))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}
