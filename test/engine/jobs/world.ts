import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { systemClock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { EngineEvent } from "#contract/events.ts";
import { Artifacts } from "#engine/artifacts/artifacts.ts";
import { DirectRunner } from "#engine/compute/direct/directRunner.ts";
import { Containers } from "#engine/containers/containers.ts";
import type { EnvironmentService } from "#engine/core/ports/environments.ts";
import type { DataService } from "#engine/core/ports/data.ts";
import { Connections } from "#engine/jobs/connections.ts";
import { JobEnvironments } from "#engine/jobs/jobEnvironments.ts";
import { Jobs } from "#engine/jobs/jobs.ts";
import { RuntimeEnvironments } from "#engine/jobs/runtimeEnvironments.ts";
import { KnownTargets } from "#engine/jobs/knownTargets.ts";
import { LogStore } from "#engine/logs/logStore.ts";
import { Scheduler } from "#engine/scheduler/scheduler.ts";
import { FileWorkers } from "#engine/snapshots/fileTasks.ts";
import { Snapshots } from "#engine/snapshots/snapshots.ts";
import { Trees } from "#engine/snapshots/trees.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { Store } from "#engine/store/store.ts";
import { Tracking } from "#engine/tracking/tracking.ts";
import { Workspaces } from "#engine/workspaces/workspaces.ts";
import { LocalTransport } from "#transport/local/localTransport.ts";
import { buildLauncher } from "../../../tools/build/launcher.ts";

const answers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };
const repository = join(import.meta.dirname, "../../..");

interface EngineOptions {
  concurrency?: number;
  /** Plans and builds as the product does; otherwise every job runs with the machine's python3. */
  realEnvironments?: boolean;
  environments?: EnvironmentService;
  /** With real environments: containers too. A registry has so many milliseconds to answer. */
  containers?: { registryWithinMs: number };
  data?: DataService;
  /** Another place for the engine's copies of logs. */
  logs?: string;
}

/** A home in a temporary folder. Engines are opened on it one after another. */
export class World {
  readonly root: string;
  readonly launcher: string;
  engine: Engine | undefined;

  private constructor(root: string, launcher: string) {
    this.root = root;
    this.launcher = launcher;
  }

  static async make(): Promise<World> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-jobs-")));
    return new World(root, await buildLauncher(join(root, "built/slipway_launcher.py")));
  }

  get home(): string {
    return join(this.root, "home");
  }

  /** The home of a world that another process has made. */
  static at(root: string): World {
    return new World(root, join(root, "built/slipway_launcher.py"));
  }

  /** Opens the next engine on this home, as main does. */
  async open(options: EngineOptions = {}): Promise<Engine> {
    this.engine = await Engine.open(this, options);
    return this.engine;
  }

  /** Writes files of a project and returns the path of the first. */
  async project(files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(join(this.root, "project-"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return join(folder, Object.keys(files)[0] as string);
  }

  async dispose(): Promise<void> {
    await this.engine?.close();
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The parts of an engine that jobs need, real ones. */
export class Engine {
  readonly events: EngineEvent[] = [];
  readonly log: string[] = [];
  readonly store: Store;
  readonly logs: LogStore;
  readonly tracking: Tracking;
  readonly artifacts: Artifacts;
  readonly jobs: Jobs;
  readonly scheduler: Scheduler;
  readonly runner: DirectRunner;
  readonly #workers = new FileWorkers();
  readonly #transport = new LocalTransport();
  #closed = false;

  private constructor(world: World, options: EngineOptions, store: Store) {
    const { home } = world;
    const clock = systemClock;
    const bus = { publish: (event: EngineEvent): void => void this.events.push(event) };
    const log = (line: string): void => void this.log.push(line);
    this.store = store;
    const blobs = new Blobs({ root: join(home, "blobs") });
    const packs = join(home, "packs");
    const workers = this.#workers;
    const trees = new Trees({ store, blobs, workers, clock, packs, temporary: join(home, "tmp") });
    const code = new Snapshots({ store, blobs, trees, workers, clock, userHome: homedir(), slipwayHome: home });
    this.tracking = new Tracking({ store, blobs, packs, bus, clock });
    this.artifacts = new Artifacts({ store, blobs, workers, clock, packs });
    this.logs = new LogStore({ root: options.logs ?? join(home, "logs"), bus, clock });
    const root = join(home, "targets/local");
    const transport = this.#transport;
    const stagingFolder = join(home, "tmp/staging");
    this.runner = new DirectRunner({ transport, clock, root, launcher: world.launcher, stagingFolder });
    const local = { name: "local", runner: this.runner, transport, root, concurrency: options.concurrency ?? null };
    const targets = new KnownTargets({ targets: [local], defaultOf: () => Promise.resolve("local") });
    const find = () => Promise.resolve(undefined);
    const python = new JobEnvironments({ targets, clock, pythonFolder: join(repository, "python"), find });
    const environments = options.containers
      ? new RuntimeEnvironments({
          ...{ python, targets, find },
          containers: new Containers({ clock, stagingFolder, ...options.containers }),
        })
      : options.realEnvironments
        ? python
        : (options.environments ?? machinePython);
    const connections = new Connections();
    const shared = {
      ...{ store, bus, clock, logs: this.logs, tracking: this.tracking, artifacts: this.artifacts, connections },
      ...{ code, environments, data: options.data ?? noData, targets, log },
      graceS: 1,
      sampleIntervalS: 0.5,
      trackingUri: (workspace: string) => `http://127.0.0.1:1/w/${workspace}`,
    };
    this.jobs = new Jobs({
      ...shared,
      onQueued: () => this.scheduler.wake(),
      onCancel: (runId) => this.scheduler.cancel(runId),
    });
    this.scheduler = new Scheduler({ ...shared, announce: (runId) => void this.jobs.announce(runId) });
  }

  static async open(world: World, options: EngineOptions): Promise<Engine> {
    await mkdir(join(world.home, "store"), { recursive: true });
    const store = await Store.open({
      path: join(world.home, "store/slipway.db"),
      now: Date.now(),
      onFault: (fault) => {
        throw fault;
      },
    });
    const engine = new Engine(world, options, store);
    const workspaces = new Workspaces({
      store: engine.store,
      bus: { publish: () => undefined },
      clock: systemClock,
      home: world.home,
      baseUrl: () => "http://127.0.0.1:1",
    });
    await workspaces.ensureDefault("tester");
    await engine.scheduler.start();
    return engine;
  }

  submit(
    file: string,
    more: { name?: string; overrides?: string[]; runtime?: "auto" | "container" | "python"; debug?: boolean } = {},
  ): Promise<Job> {
    const { overrides = [], ...rest } = more;
    const source = { file, overrides };
    return this.jobs.submit("default", { source, answers, ...rest }, "tester");
  }

  /** Waits until a job is as `isSo` wants it. */
  async until(name: string, isSo: (job: Job) => boolean, withinMs = 30_000): Promise<Job> {
    const end = performance.now() + withinMs;
    for (;;) {
      const job = await this.jobs.show("default", name);
      if (isSo(job)) return job;
      if (performance.now() > end) throw new Error(`${name} stays ${JSON.stringify(job)}\n${this.log.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  ended(name: string, withinMs?: number): Promise<Job> {
    return this.until(name, (job) => isTerminal(job.status), withinMs);
  }

  async readLog(name: string, path = "user_logs/std_log.txt"): Promise<Buffer> {
    const range = { offset: 0, follow: false, signal: new AbortController().signal };
    return buffer(await this.logs.read({ workspace: "default", job: name }, path, range));
  }

  /** As when the process is killed, as far as that can be had inside one: nothing is told to anybody. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.scheduler.dispose();
    await this.runner.dispose();
    await this.#transport.close();
    await this.logs.dispose();
    this.tracking.dispose();
    await this.#workers.dispose();
    await this.store.dispose();
  }
}

/** Jobs of these tests have no data inputs; data has tests of its own. */
export const noData: DataService = {
  describeInput: () => Promise.resolve({ note: "" }),
  literalValue: (_workspace, value) => Promise.resolve(value),
  resolveInput: ({ name }) => Promise.reject(slipwayError("input-unavailable", `No input ${name} in these tests.`)),
  prepareOutput: async ({ attemptFolder, name }) => {
    const path = join(attemptFolder, "named-outputs", name);
    await mkdir(path, { recursive: true });
    return { path };
  },
  collectOutput: ({ output }) => Promise.resolve({ type: output.type, mode: output.mode }),
};

/** Environments have tests of their own: here whatever a file asks for is the machine's python3. */
export const machinePython: EnvironmentService = {
  plan: () =>
    Promise.resolve({
      label: "machine",
      key: "machine",
      cached: true,
      python: "python3",
      report: [],
      refusals: [],
      plan: null,
    }),
  ensure: () => Promise.resolve({ base: "/usr/bin/python3", lock: "pip==1\n" }),
  debugger: () => Promise.reject(new Error("Environments of this world have no debugger.")),
};

/** A command job's file. `more` are further lines. */
export function commandYaml(command: string, more = ""): string {
  const words = command.split("\n").map((line) => `  ${line}`);
  return `command: |\n${words.join("\n")}\nenvironment:\n  image: any\n${more}`;
}
