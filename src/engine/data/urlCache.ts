import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "#base/clock.ts";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { requestUrl } from "./httpGet.ts";

export interface UrlCacheOptions {
  /** Folder of the cache. */
  root: string;
  clock: Clock;
  /** Hosts that may have a private address. */
  allowedHosts: readonly string[];
}

export interface CachedUrl {
  /** The file; it keeps the URL's last name, endings included. */
  path: string;
  sha256: string;
  bytes: number;
  /** For people: `downloaded from HOST`, `unchanged at HOST`, `HOST not reached, copy of DATE`. */
  note: string;
}

/** Told how many bytes of how many have come; null when the host does not say. */
type OnBytes = (bytes: number, total: number | null) => void;

interface Kept {
  url: string;
  name: string;
  etag: string | null;
  modified: string | null;
  sha256: string;
  bytes: number;
  at: number;
}

/**
 * Files of the web, kept by URL. A copy is asked about again at each use; when the host does not answer, the copy is
 * used and said so. One download of a URL at a time, others wait for it.
 */
export class UrlCache {
  readonly #options: UrlCacheOptions;
  readonly #running = new Map<string, Promise<CachedUrl>>();

  constructor(options: UrlCacheOptions) {
    this.#options = options;
  }

  /** Throws `input-unavailable` with the reason, and `disk-full`. */
  fetch(url: string, signal?: AbortSignal, onBytes?: OnBytes): Promise<CachedUrl> {
    const running = this.#running.get(url);
    if (running) return running;
    const fetching = this.#fetch(url, signal, onBytes).finally(() => this.#running.delete(url));
    this.#running.set(url, fetching);
    return fetching;
  }

  async #fetch(url: string, signal?: AbortSignal, onBytes?: OnBytes): Promise<CachedUrl> {
    const folder = join(this.#options.root, createHash("sha256").update(url).digest("hex").slice(0, 32));
    const kept = await this.#kept(folder);
    const host = new URL(url).host;
    // The folder's age is what the collection of downloads goes by.
    if (kept) await touch(folder, this.#options.clock);
    let response: IncomingMessage;
    try {
      const headers = kept ? conditional(kept) : {};
      response = await requestUrl(url, { headers, allowedHosts: new Set(this.#options.allowedHosts), signal });
    } catch (thrown) {
      if (!kept || signal?.aborted) throw unavailable(url, thrown);
      const date = new Date(kept.at).toISOString().slice(0, 10);
      return cached(folder, kept, `${host} was not reached; the copy of ${date} is used`);
    }
    if (kept && response.statusCode === 304) {
      response.resume();
      return cached(folder, kept, `unchanged at ${host}`);
    }
    if (response.statusCode !== 200) {
      response.resume();
      throw unavailable(url, new Error(`${host} answered ${response.statusCode}`));
    }
    return cached(folder, await this.#save(folder, url, response, onBytes), `downloaded from ${host}`);
  }

  async #kept(folder: string): Promise<Kept | undefined> {
    try {
      const kept = JSON.parse(await readFile(join(folder, "kept.json"), "utf8")) as Kept;
      return (await stat(join(folder, kept.name))).size === kept.bytes ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  async #save(folder: string, url: string, response: IncomingMessage, onBytes?: OnBytes): Promise<Kept> {
    const temporary = join(folder, `${randomUUID()}.part`);
    await mkdir(folder, { recursive: true });
    const hash = createHash("sha256");
    let bytes = 0;
    const announced = response.headers["content-length"];
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        onBytes?.(bytes, announced === undefined ? null : Number(announced));
        done(null, chunk);
      },
    });
    try {
      await pipeline(response, meter, createWriteStream(temporary, { flush: true }));
      if (announced !== undefined && Number(announced) !== bytes) throw new Error("the connection ended early");
      const name = fileName(url);
      const header = (key: "etag" | "last-modified") => response.headers[key] ?? null;
      const at = this.#options.clock.now();
      const sha256 = hash.digest("hex");
      const kept = { url, name, etag: header("etag"), modified: header("last-modified"), sha256, bytes, at };
      await rename(temporary, join(folder, name));
      await writeFile(join(folder, "kept.json"), JSON.stringify(kept));
      return kept;
    } catch (thrown) {
      await rm(temporary, { force: true });
      throw unavailable(url, thrown);
    }
  }
}

async function touch(path: string, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  await utimes(path, now, now);
}

function conditional(kept: Kept): Record<string, string> {
  if (kept.etag !== null) return { "If-None-Match": kept.etag };
  return kept.modified === null ? {} : { "If-Modified-Since": kept.modified };
}

function cached(folder: string, kept: Kept, note: string): CachedUrl {
  return { path: join(folder, kept.name), sha256: kept.sha256, bytes: kept.bytes, note };
}

/** The URL's last name, made fit for a file. */
function fileName(url: string): string {
  const last = new URL(url).pathname.split("/").filter(Boolean).at(-1) ?? "";
  const name = last
    .replace(/%20/g, " ")
    .replace(/[^A-Za-z0-9._ -]/g, "_")
    .slice(0, 120);
  return name === "" || name.startsWith(".") || name === "kept.json" ? `data${name}` : name;
}

function unavailable(url: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  if (errnoOf(cause) === "ENOSPC") {
    return slipwayError("disk-full", `There is no space left for ${url}.`, {
      next: "Free some space; `slipway gc` removes what is no longer needed.",
      cause,
    });
  }
  const plain = new URL(url);
  const prefix = `${plain.origin}${plain.pathname.slice(0, plain.pathname.lastIndexOf("/") + 1)}`;
  return slipwayError("input-unavailable", `${plain.origin}${plain.pathname} cannot be read: ${messageOf(cause)}.`, {
    next: `On a machine without internet, map it to a folder: slipway mirror add --prefix ${prefix} --path DIR`,
    cause,
  });
}
