import { stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Mirror } from "#contract/entities/asset.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";
import { below, canonicalUrl } from "./cloudUrl.ts";

export interface MirrorsOptions {
  store: Store;
  workspaces: Workspaces;
  clock: Clock;
}

/** The mirror map of each workspace: what lies under a URL prefix is read from a folder instead. */
export class Mirrors {
  readonly #options: MirrorsOptions;

  constructor(options: MirrorsOptions) {
    this.#options = options;
  }

  async list(workspace: string): Promise<Mirror[]> {
    const { id } = await this.#options.workspaces.row(workspace);
    return this.#options.store.read("mirrors", { workspaceId: id });
  }

  /** Adds a prefix or moves it to another folder. Throws `invalid-request` and `file-not-found`. */
  async add(workspace: string, mirror: Mirror, actor: string): Promise<Mirror[]> {
    const { store, workspaces, clock } = this.#options;
    const { id } = await workspaces.row(workspace);
    const prefix = canonicalUrl(mirror.prefix);
    if (prefix === undefined) {
      throw slipwayError("invalid-request", `${JSON.stringify(mirror.prefix)} is not the beginning of a URL.`, {
        next: "Give a prefix such as https://HOST/path/ or wasbs://CONTAINER@ACCOUNT.blob.core.windows.net/.",
      });
    }
    if (!isAbsolute(mirror.path)) {
      throw slipwayError("invalid-request", `${JSON.stringify(mirror.path)} is not an absolute path.`);
    }
    const stats = await stat(mirror.path).catch(() => undefined);
    if (!stats?.isDirectory()) {
      throw slipwayError("file-not-found", `${mirror.path} is not a folder.`, {
        next: "A mirror maps a URL prefix to a folder that is there.",
      });
    }
    await store.write("putMirror", { workspaceId: id, prefix, path: mirror.path, actor, now: clock.now() });
    return this.list(workspace);
  }

  /** Throws `not-found`. */
  async remove(workspace: string, prefix: string): Promise<Mirror[]> {
    const { id } = await this.#options.workspaces.row(workspace);
    await this.#options.store.write("deleteMirror", { workspaceId: id, prefix: canonicalUrl(prefix) ?? prefix });
    return this.list(workspace);
  }

  /**
   * The local path that stands for a URL by the longest prefix that fits; null when none does. Whether anything lies
   * there is not looked at. Throws `path-outside` for a URL that climbs out of its prefix.
   */
  async resolve(workspace: string, url: string): Promise<string | null> {
    const canonical = canonicalUrl(url);
    if (canonical === undefined) return null;
    const fitting = (await this.list(workspace))
      .map((mirror) => ({ ...mirror, rest: below(mirror.prefix, canonical) }))
      .filter((mirror) => mirror.rest !== undefined)
      .sort((a, b) => b.prefix.replace(/\/+$/, "").length - a.prefix.replace(/\/+$/, "").length);
    const [best] = fitting;
    return best ? join(best.path, safeRest(best.rest ?? "", url)) : null;
  }
}

/** The rest of a URL as a relative path: decoded once, and never upwards. */
function safeRest(rest: string, url: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(rest);
  } catch {
    decoded = rest;
  }
  if (decoded.includes("\0") || decoded.split("/").includes("..")) {
    throw slipwayError("path-outside", `${url} leads out of its mirror's folder.`);
  }
  return decoded;
}
