import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import Database from "better-sqlite3";
import { CodedError } from "#base/errors.ts";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { EngineStatus } from "#contract/entities/asset.ts";
import type { JobError } from "#contract/entities/job.ts";
import { isTerminal, type JobStatus } from "#contract/entities/jobStatus.ts";
import { check, type Evidence, type FinalJob, type Violation } from "./checker.ts";
import { EngineProcess, engineLog, removeHome } from "./engineProcess.ts";
import { History } from "./history.ts";
import { carriersOf, lives, processesWith, residentBytes, until } from "./processes.ts";
import { scriptOf, type Program } from "./program.ts";
import { readTruth } from "./truth.ts";

const workspace = "default";
const userLog = "user_logs/std_log.txt";
/** A call that takes longer than this hangs. */
const hangMs = 30_000;

/** Failures that leave open whether the call took effect. Every other one is the engine's own refusal. */
const unclear = new Set(["unavailable", "engine-not-running", "timeout", "internal"]);

const limits = { memoryBytes: 400e6, startMs: 30_000 };

/** One home with real engines, real jobs and a client, and the history of all that was done and seen. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-faults-"));
  readonly home: string;
  readonly history: History;
  readonly programs = new Map<string, Program>();
  engine: EngineProcess | undefined;
  #client: SlipwayClient | undefined;
  /** Whether something will end the engine at a moment to come. */
  #isStruck = false;

  constructor(options: { home?: string } = {}) {
    this.home = options.home ?? join(this.folder, "home");
    this.history = new History(join(this.folder, "history.jsonl"));
    mkdirSync(this.#truths, { recursive: true });
  }

  get #truths(): string {
    return join(this.folder, "truth");
  }

  /** Starts the next engine; undefined when a fault ended it while it was starting. */
  async start(
    wrapper: readonly string[] = [],
    options: { isStruck?: boolean; env?: Record<string, string>; build?: string } = {},
  ): Promise<EngineProcess | undefined> {
    const { isStruck = wrapper.length > 0, ...how } = options;
    const began = performance.now();
    this.#isStruck = isStruck;
    this.engine = await EngineProcess.start(this.home, { wrapper, ...how });
    if (wrapper.length === 0) this.history.add({ what: "start", ms: performance.now() - began });
    return this.engine;
  }

  /** As when the power of the whole machine goes: nothing that belongs to this scene runs on. */
  async powerOff(cut: () => void): Promise<void> {
    const all = () => processesWith(this.home);
    // Nobody may write between the moment that is kept and the end.
    for (const pid of all()) process.kill(pid, "SIGSTOP");
    cut();
    this.history.add({ what: "fault", fault: "power lost" });
    for (const pid of all()) process.kill(pid, "SIGKILL");
    for (const { name } of this.programs.values()) {
      for (const marker of readTruth(this.#truths, this.programs.get(name) as Program, []).starts) {
        for (const pid of carriersOf(marker)) process.kill(pid, "SIGKILL");
      }
    }
    await until("the end of everything", () => all().length === 0);
  }

  async killEngine(): Promise<void> {
    this.history.add({ what: "fault", fault: "engine killed" });
    await this.engine?.kill();
  }

  async submit(program: Program): Promise<"accepted" | "refused" | "unknown"> {
    this.programs.set(program.name, program);
    const code = join(this.folder, "code", program.name);
    mkdirSync(code, { recursive: true });
    const file = join(code, `${program.name}.py`);
    writeFileSync(file, scriptOf(program, this.#truths));
    const overrides = program.timeout === undefined ? [] : [`limits.timeout=${program.timeout}`];
    const submitted = await this.#call("submit", (client, signal) =>
      client.submit(workspace, { source: { file, overrides }, python: "python3", name: program.name }, { signal }),
    );
    this.history.add({ what: "submit", job: program.name, outcome: submitted.outcome, words: submitted.words ?? "" });
    return submitted.outcome;
  }

  async cancel(job: string): Promise<void> {
    const { outcome } = await this.#call("cancel", (client, signal) =>
      client.cancelJob({ params: { workspace, name: job } }, { signal }),
    );
    this.history.add({ what: "cancel", job, outcome });
  }

  /** Looks at all jobs. */
  async look(): Promise<void> {
    const { value } = await this.#call("list", (client, signal) =>
      client.listJobs({ params: { workspace }, query: { max_results: 1000 } }, { signal }),
    );
    for (const { name, status } of value?.jobs ?? []) this.history.add({ what: "status", job: name, status });
  }

  /** Reads a part of a log as it is now. */
  async readLog(job: string, offset: number): Promise<number> {
    const { value } = await this.#call("read log", async (client, signal) => {
      const { body } = await client.readLog(
        { params: { workspace, name: job }, query: { path: userLog, offset, limit: 1_000_000 } },
        { signal },
      );
      return buffer(body);
    });
    if (value) this.history.add({ what: "log", job, offset, bytes: value.toString("base64") });
    return offset + (value?.length ?? 0);
  }

  /** What the engine says of its store. */
  async store(): Promise<EngineStatus["store"] | undefined> {
    const { value } = await this.#call("engine status", (client, signal) => client.engineStatus({}, { signal }));
    return value?.store;
  }

  /** Why a job failed, in the engine's words. */
  async error(job: string): Promise<JobError | null | undefined> {
    const { value } = await this.#call("show", (client, signal) =>
      client.showJob({ params: { workspace, name: job } }, { signal }),
    );
    return value?.error;
  }

  /** A job that is known to be lost: nothing is asked of it any more. */
  forget(job: string): void {
    this.programs.delete(job);
    const kept = this.history.seen.filter((each) => !("job" in each && each.job === job));
    this.history.seen.splice(0, this.history.seen.length, ...kept);
  }

  /** Waits until a job's program has written so many lines. */
  async lines(job: string, atLeast: number): Promise<void> {
    const program = this.programs.get(job) as Program;
    await until(`line ${atLeast} of ${job}`, () => readTruth(this.#truths, program, []).lines >= atLeast);
  }

  /** A file in which a program notes what it met. */
  note(job: string, file: string): string {
    return join(this.#truths, job, file);
  }

  noted(job: string, file: string): boolean {
    return existsSync(this.note(job, file));
  }

  status(job: string): Promise<JobStatus | undefined> {
    return this.#call("show", (client, signal) =>
      client.showJob({ params: { workspace, name: job } }, { signal }),
    ).then(({ value }) => value?.status);
  }

  /**
   * Ends a part of a job's launcher as soon as it is there, or the link that all share. Says whether there was one: the
   * job may be over before.
   */
  async strike(part: "agent" | "keeper" | "link", job?: string): Promise<boolean> {
    const found = await until(`the ${part}`, async () => {
      const pid = this.#part(part, job);
      if (pid !== undefined && lives(pid)) return { pid };
      const over = job === undefined ? !this.engine?.lives : await this.#isOver(job);
      return over ? { pid: undefined } : undefined;
    });
    this.history.add({ what: "fault", fault: `${part} killed`, ...(job === undefined ? {} : { job }) });
    if (found.pid === undefined) return false;
    try {
      process.kill(found.pid, "SIGKILL");
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a job will not come to have a launcher any more. */
  async #isOver(job: string): Promise<boolean> {
    const status = await this.status(job);
    return status === undefined || isTerminal(status) || status === "Finalizing" || status === "CancelRequested";
  }

  sampleMemory(): void {
    const { pid } = this.engine ?? {};
    if (pid !== undefined) this.history.add({ what: "memory", process: "the engine", bytes: residentBytes(pid) });
  }

  /** Lets everything come to rest under an engine that nothing strikes, and gathers what there is to check. */
  async settle(): Promise<Evidence> {
    if (this.#isStruck) await this.engine?.kill();
    if (!this.engine?.lives) await this.start();
    const client = await this.#connected();
    const list = async () => (await client.listJobs({ params: { workspace }, query: { max_results: 1000 } })).jobs;
    const stuck = await until("the end of all jobs", async () =>
      (await list()).every(({ status }) => isTerminal(status)),
    ).catch((late: Error) => late);
    await this.look();
    this.sampleMemory();
    const finals = new Map<string, FinalJob>();
    for (const { name } of await list()) finals.set(name, await this.#final(client, name));
    if (stuck instanceof Error) process.stderr.write(`${stuck.message}\n${engineLog(this.home)}\n`);
    const integrity = this.#readStore(finals);
    const truths = new Map([...this.programs].map(([name, program]) => [name, this.#truth(program)]));
    return { seen: this.history.seen, truths, finals, integrity, limits };
  }

  /** {@link settle}, then the checker. */
  async violations(): Promise<Violation[]> {
    return check(await this.settle());
  }

  async dispose(): Promise<void> {
    this.#client?.dispose();
    await this.engine?.kill("SIGTERM");
    for (const pid of processesWith(this.folder)) process.kill(pid, "SIGKILL");
    removeHome(this.folder);
  }

  #truth(program: Program) {
    const { starts } = readTruth(this.#truths, program, []);
    return readTruth(
      this.#truths,
      program,
      starts.flatMap((marker) => carriersOf(marker)),
    );
  }

  #part(part: "agent" | "keeper" | "link", job: string | undefined): number | undefined {
    if (part === "link") return processesWith(this.home, "\0link\0")[0];
    const db = new Database(join(this.home, "store/slipway.db"), { readonly: true });
    try {
      const row = db
        .prepare<[string], { folder: string }>(
          "SELECT folder FROM job_attempts JOIN jobs USING (run_id) WHERE name = ? ORDER BY job_attempts.attempt DESC",
        )
        .get(job ?? "");
      const file = part === "agent" ? "agent.json" : "claim";
      return row && readPid(join(row.folder, file));
    } finally {
      db.close();
    }
  }

  async #final(client: SlipwayClient, name: string): Promise<FinalJob> {
    const params = { workspace, name };
    const job = await client.showJob({ params });
    const hasLog = job.log_files.some(({ path }) => path === userLog);
    const log = hasLog
      ? await buffer((await client.readLog({ params, query: { path: userLog } })).body)
      : Buffer.alloc(0);
    const series = await client.metricHistory({ params, query: { key: ["m"], points: 10_000 } });
    const entries = await client.listArtifacts({ params, query: { path: "", recursive: true } });
    const files: FinalJob["files"] = [];
    for (const { path, sha256 } of entries.filter((entry) => /^(outputs|up)\//u.test(entry.path))) {
      const { body } = await client.readArtifact({ params, query: { path } });
      const read = await buffer(body).then(
        (bytes) => createHash("sha256").update(bytes).digest("hex"),
        (broken: Error) => broken.message,
      );
      files.push({ path, listed: sha256, read });
    }
    return {
      status: job.status,
      errorClass: job.error?.class ?? null,
      attempt: job.attempt,
      changes: [],
      run: "",
      log,
      metrics: (series[0]?.points ?? []).map(([step, , value]) => ({ step, value: Number(value) })),
      files,
    };
  }

  /** What only the store knows. */
  #readStore(finals: Map<string, FinalJob>): string {
    const db = new Database(join(this.home, "store/slipway.db"), { readonly: true });
    try {
      const rows = db
        .prepare<[], { name: string; from: JobStatus | null; to: JobStatus }>(
          'SELECT name, from_status AS "from", to_status AS "to" FROM job_changes JOIN jobs USING (run_id) ORDER BY id',
        )
        .all();
      for (const { name, from, to } of rows) finals.get(name)?.changes.push({ from, to });
      for (const { name, status } of db
        .prepare<[], { name: string; status: string }>("SELECT name, status FROM runs")
        .all()) {
        const final = finals.get(name);
        if (final) final.run = status;
      }
      return db.pragma("integrity_check(1)", { simple: true }) as string;
    } finally {
      db.close();
    }
  }

  async #connected(): Promise<SlipwayClient> {
    return (this.#client ??= await connect({ home: this.home, start: false }));
  }

  async #call<T>(
    name: string,
    call: (client: SlipwayClient, signal: AbortSignal) => Promise<T>,
  ): Promise<{ outcome: "accepted" | "refused" | "unknown"; value?: T; words?: string }> {
    const began = performance.now();
    const signal = AbortSignal.timeout(hangMs);
    const note = (outcome: "answered" | "failed" | "hung") =>
      this.history.add({ what: "call", call: name, ms: Math.round(performance.now() - began), outcome });
    try {
      const value = await call(await this.#connected(), signal);
      note("answered");
      return { outcome: "accepted", value };
    } catch (thrown) {
      note(signal.aborted ? "hung" : "failed");
      const words = String(thrown);
      const refused = thrown instanceof CodedError && !unclear.has(thrown.code);
      return { outcome: refused ? "refused" : "unknown", words };
    }
  }
}

function readPid(file: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}
