import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { DisposableStore } from "#base/disposable.ts";
import { messageOf } from "#base/errors.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { configuredHosts } from "#transport/ssh/config/hostNames.ts";
import { signingKey } from "./access/signingKey.ts";
import { Tokens } from "./access/tokens.ts";
import { Comparisons } from "./compare/comparisons.ts";
import { Artifacts } from "./artifacts/artifacts.ts";
import { StoredFiles } from "./artifacts/storedFiles.ts";
import { findEnvironment } from "./assets/findEnvironment.ts";
import { DirectRunner } from "./compute/direct/directRunner.ts";
import { Attachments } from "./computes/attachments.ts";
import { Computes } from "./computes/computes.ts";
import type { Actor } from "./core/actor.ts";
import { dataFolders, makeDataParts } from "./dataParts.ts";
import { CollectDeleted } from "./gc/collectDeleted.ts";
import { Collector } from "./gc/collector.ts";
import { Keeping } from "./gc/keeping.ts";
import { packageCache } from "./gc/packageCache.ts";
import { unusedEnvironments } from "./gc/unusedEnvironments.ts";
import { EventHub } from "./http/eventHub.ts";
import { MlflowDoor } from "./http/mlflow/mlflowDoor.ts";
import { attachHandlers } from "./http/routes/attach.ts";
import { assetHandlers } from "./http/routes/assets.ts";
import { computeHandlers } from "./http/routes/computes.ts";
import { datastoreHandlers } from "./http/routes/datastores.ts";
import { debugHandlers } from "./http/routes/debug.ts";
import { engineHandlers } from "./http/routes/engine.ts";
import { gcHandlers } from "./http/routes/gc.ts";
import { compareHandlers } from "./http/routes/compare.ts";
import { jobHandlers } from "./http/routes/jobs.ts";
import { keepingHandlers } from "./http/routes/keeping.ts";
import { migrationHandlers } from "./http/routes/migration.ts";
import { mirrorHandlers } from "./http/routes/mirrors.ts";
import { reproduceHandlers } from "./http/routes/reproduce.ts";
import { runTableHandlers } from "./http/routes/runTable.ts";
import { workspaceHandlers } from "./http/routes/workspaces.ts";
import { ApiServer } from "./http/server.ts";
import { Connections } from "./jobs/connections.ts";
import { diskFiles as files } from "./jobs/diskFiles.ts";
import { loadCatalogue } from "./environments/loadCatalogue.ts";
import { Containers } from "./containers/containers.ts";
import type { FindEnvironment } from "./jobs/environmentRequest.ts";
import { JobEnvironments } from "./jobs/jobEnvironments.ts";
import { RuntimeEnvironments } from "./jobs/runtimeEnvironments.ts";
import { JobFiles } from "./jobs/jobFiles.ts";
import { Jobs } from "./jobs/jobs.ts";
import { KnownTargets } from "./jobs/knownTargets.ts";
import { OutputFiles } from "./jobs/outputFiles.ts";
import type { BuildInfo } from "./lifecycle/buildInfo.ts";
import type { EngineClaim } from "./lifecycle/claim.ts";
import { IdleExit } from "./lifecycle/idleExit.ts";
import { plainHome } from "./lifecycle/plainHome.ts";
import { LogStore } from "./logs/logStore.ts";
import { MlflowExport } from "./migration/mlflowExport.ts";
import { MlflowImport } from "./migration/mlflowImport.ts";
import { DebuggedPrograms } from "./scheduler/debuggedPrograms.ts";
import { Clones } from "./reproduce/clones.ts";
import { Reproductions } from "./reproduce/reproductions.ts";
import { RunTable } from "./runTable/runTable.ts";
import { Scheduler } from "./scheduler/scheduler.ts";
import { takeUpUnknown } from "./scheduler/takeUp.ts";
import { FileWorkers } from "./snapshots/fileTasks.ts";
import { Backups } from "./store/backup.ts";
import { Blobs } from "./store/blobs.ts";
import { Store, takeUpDue } from "./store/store.ts";
import { sshReach } from "./sshReach.ts";
import { Tracking } from "./tracking/tracking.ts";

export interface EngineOptions {
  home: string;
  claim: EngineClaim;
  build: BuildInfo;
  clock: Clock;
  /** Who owns this engine: the user that it runs as. */
  user: string;
  /** Folder of this build that holds the Python package and the launcher. */
  pythonFolder: string;
  launcher: string;
  allowedHosts: readonly string[];
  /** Hosts with private addresses that documents may read data from. */
  dataHosts: readonly string[];
  idleMs: number;
  log: (line: string) => void;
  /** Ends the process. */
  exit: (reason: string) => void;
}

/** Everything that one engine is made of, put together. What was made last is taken down first. */
export async function openEngine(options: EngineOptions): Promise<{ record: EngineRecord; dispose(): Promise<void> }> {
  const { home, claim, build, clock, log } = options;
  const parts = new DisposableStore();
  const disposing = (dispose: () => void | Promise<void>) => parts.track({ dispose });
  try {
    const user: Actor = { name: options.user, kind: "user" };
    const storePath = join(home, "store/slipway.db");
    const bus = parts.track(new EventHub({ epoch: clock.now() }));
    const store = parts.track(
      await Store.open({
        path: storePath,
        now: clock.now(),
        onFault: (fault) => options.exit(`the store has failed: ${fault.message}`),
        onCondition: ({ state, detail }) => {
          log(detail || "The store can be written again.");
          bus.publish({ type: "store", state, detail });
        },
      }),
    );
    if (store.condition.state !== "ok") log(store.condition.detail);
    parts.track(new Backups({ path: storePath, clock, log }));
    const keyFile = join(home, "store/signing.key");
    const tokens = await Tokens.open({ store, key: signingKey(keyFile) });
    const blobs = new Blobs({ root: join(home, "blobs") });
    const { packs } = dataFolders(home);
    const workers = parts.track(new FileWorkers());
    const artifacts = new Artifacts({ store, blobs, workers, clock, packs });
    const tracking = parts.track(new Tracking({ store, blobs, packs, bus, clock }));
    const logs = parts.track(new LogStore({ root: join(home, "logs"), bus, clock }));
    const transport = new LocalTransport();
    disposing(() => transport.close());

    let url = "";
    const data = makeDataParts({
      ...{ store, blobs, workers, bus, clock, artifacts, files, home },
      local: transport,
      userHome: homedir(),
      baseUrl: () => url,
      allowedHosts: options.dataHosts,
    });
    await data.workspaces.ensureDefault(user.name);

    // Paths of jobs stand in commands, unquoted.
    const plain = await plainHome(home, homedir()).catch((thrown: unknown) => {
      log(`Paths of jobs keep the characters of ${home}: ${messageOf(thrown)}`);
      return home;
    });
    const root = join(plain, "targets/local");
    const stagingFolder = join(home, "tmp/staging");
    await mkdir(stagingFolder, { recursive: true });
    const runner = parts.track(new DirectRunner({ transport, clock, root, launcher: options.launcher, stagingFolder }));
    const targets = new KnownTargets({
      targets: [{ name: "local", runner, transport, root, concurrency: null }],
      defaultOf: async (workspace) => (await data.workspaces.show(workspace)).default_compute,
    });
    const computes = new Computes({ store, workspaces: data.workspaces, targets, bus, clock });
    const attachments = parts.track(
      new Attachments({
        ...{ store, workspaces: data.workspaces, targets, computes, clock, home, log },
        reach: sshReach({ ...options, userHome: homedir(), stagingFolder }),
        onAttached: () => scheduler.wake(),
      }),
    );
    await attachments.restore();
    const named = {
      targets,
      catalogue: () => loadCatalogue(home),
      find: (...[workspace, reference]: Parameters<FindEnvironment>) =>
        findEnvironment({ store, ...data }, workspace, reference),
    };
    const environments = new RuntimeEnvironments({
      ...named,
      python: new JobEnvironments({ ...named, clock, pythonFolder: options.pythonFolder }),
      containers: new Containers({ clock, stagingFolder }),
    });
    const connections = new Connections();
    const shared = {
      ...{ store, bus, clock, logs, tracking, artifacts, connections, environments, targets, log },
      code: data.snapshots,
      data: data.data,
      trackingUri: (workspace: string) => `${url}/w/${encodeURIComponent(workspace)}`,
    };
    const outputs = new OutputFiles({ store, place: (workspace, port) => data.data.placeOf(workspace, port) });
    const jobFiles = new JobFiles({ artifacts, logs, store, outputs });
    const clones = new Clones({ store, trees: data.trees, pins: environments });
    const jobs: Jobs = new Jobs({
      ...shared,
      clones,
      onQueued: () => scheduler.wake(),
      onCancel: (runId) => scheduler.cancel(runId),
    });
    const scheduler: Scheduler = parts.track(
      new Scheduler({ ...shared, announce: (runId) => void jobs.announce(runId) }),
    );

    const keeping = new Keeping({
      ...{ store, clock, logs: join(home, "logs") },
      announce: (runId) => void jobs.announce(runId),
    });
    const collector = new Collector({
      ...{ store, blobs, clock, trees: data.trees },
      folders: { ...dataFolders(home), blobs: join(home, "blobs"), target: root },
      deleted: new CollectDeleted({ store, bus, clock, keeping, logs: join(home, "logs"), target: root }),
      removeEnvironments: unusedEnvironments({ transport, root, pythonFolder: options.pythonFolder }),
      prunePackages: packageCache({ transport, root, pythonFolder: options.pythonFolder }, store),
      engineLog: join(home, "engine.log"),
    });
    const imports = new MlflowImport({ store, blobs, artifacts, clock });
    const idle = parts.track(
      new IdleExit({
        clock,
        idleMs: options.idleMs,
        isBusy: async () =>
          bus.clients > 0 || imports.running > 0 || (await store.read("unfinishedJobs", {})).length > 0,
        onIdle: () => options.exit("nothing to do"),
      }),
    );
    const storedFiles = new StoredFiles({ blobs, packs });
    const door = parts.track(
      await MlflowDoor.open({
        ...{ store, bus, log, packs, keyFile, allowedHosts: options.allowedHosts },
        blobs: join(home, "blobs"),
        port: Number((await store.read("setting", { key: "tcp-port" })) ?? 0),
        onCalled: () => idle.touch(),
      }),
    );
    const { port } = door;
    await store.write("putSetting", { key: "tcp-port", value: String(port) });
    url = `http://127.0.0.1:${port}`;

    if ((await store.read("setting", { key: takeUpDue })) === "yes") {
      const taken = await takeUpUnknown({ store, clock, log, user: user.name, targets: targets.all });
      if (taken.length > 0) store.addDetail(`Taken up again: ${taken.join(", ")}.`);
      if (taken.length > 0) log(store.condition.detail);
      await store.write("putSetting", { key: takeUpDue, value: "no" });
    }
    await scheduler.start();

    const server = parts.track(
      new ApiServer({
        socket: claim.socket,
        user,
        log,
        onRequest: () => idle.touch(),
        serveEvents: (request, response, query) => bus.serve(request, response, query),
        handlers: {
          ...engineHandlers({
            ...{ home, storePath, store, tokens },
            record: () => claim.record,
            workspaces: data.workspaces,
            stop: options.exit,
          }),
          ...workspaceHandlers({ workspaces: data.workspaces, files }),
          ...mirrorHandlers(data),
          ...migrationHandlers({
            ...{ imports, workspaces: data.workspaces },
            exports: new MlflowExport({ tracking, files: storedFiles }),
          }),
          ...assetHandlers({ assets: data.assets, files }),
          ...computeHandlers({ computes, attachments, files }),
          ...attachHandlers({ attachments, files, hosts: () => configuredHosts({ home: homedir() }) }),
          ...gcHandlers({ collector }),
          ...datastoreHandlers({ datastores: data.datastores, files }),
          ...debugHandlers({
            jobs,
            programs: new DebuggedPrograms({ store, targets, pythonFolder: options.pythonFolder }),
          }),
          ...reproduceHandlers({
            clones,
            reproductions: new Reproductions({
              ...shared,
              jobs,
              trees: data.trees,
              inputs: data.inputs,
              pins: environments,
              files: storedFiles,
            }),
          }),
          ...runTableHandlers({ table: new RunTable({ store, clock, keeping }) }),
          ...keepingHandlers({ keeping }),
          ...compareHandlers({ comparisons: new Comparisons({ store, code: data.snapshots }) }),
          ...jobHandlers({ jobs, logs, tracking, code: data.snapshots, files: jobFiles }),
        },
      }),
    );
    await server.listen();
    // The first submit finds the machine looked at; one that does not answer is asked again then.
    void runner.capacity().catch((thrown: unknown) => log(`The machine was not looked at: ${messageOf(thrown)}`));
    const record = await claim.publish({ build: build.build, version: build.version, url, clock });
    const dispose = (): Promise<void> => {
      // Windows that hear it wait for the next engine instead of starting one at once.
      bus.publish({ type: "engine-stopping" });
      return parts.dispose();
    };
    return { record, dispose };
  } catch (thrown) {
    await parts.dispose().catch((more: unknown) => log(messageOf(more)));
    throw thrown;
  }
}
