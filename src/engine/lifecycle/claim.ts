import { readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Disposable } from "#base/disposable.ts";
import { identifyProcess, type ProcessIdentity } from "#base/processIdentity.ts";
import { engineRecordFile, parseEngineRecord, type EngineRecord } from "#contract/engineRecord.ts";
import { slipwayError } from "#contract/errors.ts";
import { ExclusiveLock } from "../store/exclusiveLock.ts";
import { makePrivateFolders } from "./privateFolders.ts";
import { engineSocketPath, prepareSocketFolder } from "./socketPath.ts";

/**
 * This process's hold on a SLIPWAY_HOME: the lock in the store's folder that lets one engine live, and the record
 * beside it by which clients find that engine.
 */
export class EngineClaim implements Disposable {
  /** Where to listen; its folder is ready. */
  readonly socket: string;
  readonly #home: string;
  readonly #lock: ExclusiveLock;
  readonly #identity: ProcessIdentity;
  #record: EngineRecord | undefined;

  private constructor(options: { home: string; socket: string; lock: ExclusiveLock; identity: ProcessIdentity }) {
    this.socket = options.socket;
    this.#home = options.home;
    this.#lock = options.lock;
    this.#identity = options.identity;
  }

  /** Takes `home` for this process, before anything in it is opened. Throws `engine-busy` with the owner's address. */
  static async take(home: string): Promise<EngineClaim> {
    await makePrivateFolders(home);
    const lock = ExclusiveLock.tryTake(join(home, "store", "engine.lock"));
    if (lock === undefined) throw await alreadyOwned(home);
    try {
      // What an engine left that was killed says nothing any more.
      await rm(join(home, engineRecordFile), { force: true });
      const identity = await identifyProcess(process.pid);
      if (identity === undefined) throw slipwayError("internal", "This process cannot find itself.");
      const socket = engineSocketPath(home);
      await prepareSocketFolder(socket);
      return new EngineClaim({ home, socket, lock, identity });
    } catch (thrown) {
      lock.dispose();
      throw thrown;
    }
  }

  /** What clients were told of this engine. Throws before {@link publish}. */
  get record(): EngineRecord {
    if (!this.#record) throw slipwayError("unavailable", "The engine is still starting.", { next: "Ask again." });
    return this.#record;
  }

  /** Tells clients that this engine answers now. */
  async publish(engine: { build: string; version: string; url: string; clock: Clock }): Promise<EngineRecord> {
    const record: EngineRecord = {
      ...this.#identity,
      build: engine.build,
      version: engine.version,
      node: process.version,
      node_path: process.execPath,
      started_at: engine.clock.now(),
      socket: this.socket,
      url: engine.url,
    };
    const path = join(this.#home, engineRecordFile);
    const fresh = `${path}.${process.pid}`;
    await writeFile(fresh, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await rename(fresh, path);
    this.#record = record;
    return record;
  }

  /** Lets the home go. Call it last: another engine may start the moment after. */
  async dispose(): Promise<void> {
    await rm(join(this.#home, engineRecordFile), { force: true });
    // A folder outside the home was made for the socket alone.
    const folder = dirname(this.socket);
    if (!folder.startsWith(join(this.#home, "/"))) await rmdir(folder).catch(() => undefined);
    this.#lock.dispose();
  }
}

async function alreadyOwned(home: string): Promise<Error> {
  const text = await readFile(join(home, engineRecordFile), "utf8").catch(() => "");
  const owner = parseEngineRecord(text);
  const who = owner ? `Process ${owner.pid} answers at ${owner.socket}` : "It is just starting or ending";
  return slipwayError("engine-busy", `Another engine owns ${home}. ${who}.`, {
    next: "Use that one, or end it with `slipway engine stop`.",
    details: owner ? { pid: owner.pid, socket: owner.socket, url: owner.url } : {},
  });
}
