import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import type { EngineEvent } from "#contract/events.ts";
import { Artifacts } from "#engine/artifacts/artifacts.ts";
import { StoredFiles } from "#engine/artifacts/storedFiles.ts";
import { Guard } from "#engine/http/guard.ts";
import { mlflowListener } from "#engine/http/mlflow/listener.ts";
import { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { Store } from "#engine/store/store.ts";
import { Tracking } from "#engine/tracking/tracking.ts";
import { slipwayError } from "#contract/errors.ts";

export const token = "a-token-of-the-tests";

/** The tracking part of the engine, on its real store and its real TCP door, in a folder of its own. */
export interface TrackingServer {
  /** Base of the workspace `default`, for an MLflow client. */
  uri: string;
  home: string;
  store: Store;
  blobs: Blobs;
  tracking: Tracking;
  artifacts: Artifacts;
  events: EngineEvent[];
  /** What the engine would have written to its log. */
  logged: string[];
  addWorkspace(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startTrackingServer(): Promise<TrackingServer> {
  const home = mkdtempSync(join(tmpdir(), "slipway-tracking-"));
  const faults: Error[] = [];
  const logged: string[] = [];
  const store = await Store.open({
    path: join(home, "slipway.db"),
    now: Date.now(),
    onFault: (fault) => faults.push(fault),
  });
  const blobs = new Blobs({ root: join(home, "blobs") });
  const packs = join(home, "packs");
  const events: EngineEvent[] = [];
  const bus = { publish: (event: EngineEvent) => events.push(event) };
  const tracking = new Tracking({ store, blobs, packs, bus, clock: systemClock });
  const workers = new FileWorkers();
  const artifacts = new Artifacts({ store, blobs, workers, packs, clock: systemClock });
  const addWorkspace = async (name: string, isDefault = false): Promise<void> => {
    await store.write("addWorkspace", {
      name,
      displayName: name,
      description: null,
      tags: "{}",
      defaultCompute: "local",
      isDefault,
      datastores: [],
      actor: "tester",
      now: Date.now(),
    });
  };
  await addWorkspace("default", true);
  const guard = new Guard({
    allowedHosts: [],
    verify: (given) => {
      if (given !== token) throw slipwayError("unauthenticated", "The token is missing or wrong.");
      return { name: "tester", kind: "user" };
    },
  });
  const server: Server = createServer(
    mlflowListener({
      tracking,
      files: new StoredFiles({ blobs, packs }),
      authorize: (request) => guard.admit(request),
      log: (line) => logged.push(line),
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}/w/default`,
    home,
    store,
    blobs,
    tracking,
    artifacts,
    events,
    logged,
    addWorkspace,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      tracking.dispose();
      await workers.dispose();
      await store.dispose();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
