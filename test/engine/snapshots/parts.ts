import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { Snapshots } from "#engine/snapshots/snapshots.ts";
import { Trees } from "#engine/snapshots/trees.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { Store } from "#engine/store/store.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";

export const noAnswers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };

/** The real parts below snapshots and assets, in a folder of their own. */
export async function openParts() {
  const folder = mkdtempSync(join(tmpdir(), "slipway-parts-"));
  const home = join(folder, "home");
  const userHome = join(folder, "user");
  mkdirSync(join(home, "store"), { recursive: true });
  mkdirSync(userHome);
  const store = await Store.open({
    now: Date.now(),
    path: join(home, "store/slipway.db"),
    onFault: (fault) => {
      throw fault;
    },
  });
  const blobs = new Blobs({ root: join(home, "blobs") });
  const workers = new FileWorkers();
  const clock = systemClock;
  const trees = new Trees({
    store,
    blobs,
    workers,
    clock,
    packs: join(home, "packs"),
    temporary: join(home, "incoming"),
  });
  const snapshots = new Snapshots({ store, blobs, trees, workers, clock, userHome, slipwayHome: home });
  return {
    folder,
    home,
    userHome,
    store,
    blobs,
    workers,
    clock,
    trees,
    snapshots,
    transport: new LocalTransport(),
    async close() {
      await workers.dispose();
      await store.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Writes files by their paths relative to `root`. */
export function writeTree(root: string, files: Record<string, string | Buffer>): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return root;
}
