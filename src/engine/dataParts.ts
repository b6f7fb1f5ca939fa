import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { FileProvider } from "#spec/index.ts";
import type { Transport } from "#transport/transport.ts";
import { Assets } from "./assets/assets.ts";
import { Drafts } from "./assets/drafts.ts";
import { LocalFiles } from "./assets/localFiles.ts";
import type { EventBus } from "./core/events.ts";
import type { ArtifactService } from "./core/ports/artifacts.ts";
import { DataPlane } from "./data/dataPlane.ts";
import { Inputs } from "./data/inputs.ts";
import { Locator } from "./data/locator.ts";
import { Outputs } from "./data/outputs.ts";
import { TreeViews } from "./data/treeViews.ts";
import { UrlCache } from "./data/urlCache.ts";
import { Datastores } from "./datastores/datastores.ts";
import { Mirrors } from "./mirrors/mirrors.ts";
import type { FileWorkers } from "./snapshots/fileTasks.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { Trees } from "./snapshots/trees.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Store } from "./store/store.ts";
import { Workspaces } from "./workspaces/workspaces.ts";

export interface DataPartsOptions {
  store: Store;
  blobs: Blobs;
  workers: FileWorkers;
  bus: EventBus;
  clock: Clock;
  artifacts: ArtifactService;
  /** This machine. */
  local: Transport;
  files: FileProvider;
  /** SLIPWAY_HOME. */
  home: string;
  userHome: string;
  /** `http://127.0.0.1:PORT` of the MLflow API, known once it listens. */
  baseUrl: () => string;
  /** Hosts with private addresses that data may be read from. */
  allowedHosts: readonly string[];
}

/** Folders below SLIPWAY_HOME that these parts own. */
export function dataFolders(home: string) {
  return {
    packs: join(home, "packs"),
    incoming: join(home, "incoming"),
    trees: join(home, "cache/trees"),
    urls: join(home, "cache/urls"),
  };
}

/** A local folder with more than this is registered where it stands, unless a copy is asked for. */
const copyLimitBytes = 10 * 1024 ** 3;

/** Workspaces, datastores, mirrors, assets, code snapshots and the data of jobs, put together. */
export function makeDataParts(options: DataPartsOptions) {
  const { store, bus, clock, workers, artifacts, home } = options;
  const folders = dataFolders(home);
  const workspaces = new Workspaces(options);
  const mirrors = new Mirrors({ store, workspaces, clock });
  const datastores = new Datastores({ store, workspaces, mirrors, bus, clock });
  const trees = new Trees({ ...options, packs: folders.packs, temporary: folders.incoming });
  const snapshots = new Snapshots({ ...options, trees, slipwayHome: home });
  const locator = new Locator({ store, workspaces, datastores, mirrors });
  const views = new TreeViews({ trees, workers, local: options.local, clock, root: folders.trees });
  const urls = new UrlCache({ root: folders.urls, clock, allowedHosts: options.allowedHosts });
  const inputs = new Inputs({ store, workspaces, locator, trees, views, urls, workers, artifacts });
  const local = new LocalFiles({ store, datastores, trees, workers, clock, slipwayHome: home, copyLimitBytes });
  const drafts = new Drafts({ locator, local, snapshots, trees, artifacts });
  const assets = new Assets({ store, workspaces, trees, artifacts, drafts, bus, clock });
  const outputs = new Outputs({ datastores, locator, workers, artifacts, assets, temporary: folders.incoming });
  const data = new DataPlane({ store, workspaces, mirrors, inputs, outputs, clock });
  return { workspaces, mirrors, datastores, trees, snapshots, views, inputs, assets, data };
}
