import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import type { Transport } from "#transport/transport.ts";
import type {
  AttemptObserver,
  AttemptRef,
  Capacity,
  FoundAttempt,
  LaunchSpec,
  Observation,
  Offsets,
  Runner,
} from "../runner.ts";
import { parseFound, parseProbe, parseStart } from "./answers.ts";
import { capture } from "./capture.ts";
import type { Frame } from "./frames.ts";
import { LauncherFile } from "./launcherFile.ts";
import { Link } from "./link.ts";
import { specFileText } from "./specFile.ts";
import { WatchedAttempt } from "./watchedAttempt.ts";

/** A broken link is mended within this time before anybody is told. */
const LOST_AFTER_MS = 3000;
const PULSE_EVERY_MS = 5000;
/** A link that nobody needs is let go after this time. */
const IDLE_LINK_MS = 60_000;
const CAPACITY_GOOD_FOR_MS = 30_000;

/** Runs attempts as plain processes on a machine that a transport reaches, through the launcher there. */
export class DirectRunner implements Runner {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #root: string;
  readonly #python: string;
  readonly #stagingFolder: string;
  readonly #launcher: LauncherFile;
  readonly #attempts = new Map<string, WatchedAttempt>();
  #link: Link | undefined;
  #capacity: { facts: Promise<Capacity>; at: number } | undefined;
  #cancelIdle: () => void = () => undefined;
  #cancelPulse: () => void = () => undefined;
  #cancelLost: () => void = () => undefined;

  constructor(options: {
    transport: Transport;
    clock: Clock;
    /** Slipway's folder on the target. */
    root: string;
    /** The launcher as built, on this machine. */
    launcher: string;
    /** Interpreter for the launcher on the target (3.8 or newer). */
    python?: string;
    /** A private folder on this machine for files on their way. */
    stagingFolder: string;
  }) {
    this.#transport = options.transport;
    this.#clock = options.clock;
    this.#root = options.root;
    this.#python = options.python ?? "python3";
    this.#stagingFolder = options.stagingFolder;
    this.#launcher = new LauncherFile({ transport: options.transport, source: options.launcher, root: options.root });
  }

  capacity({ fresh: isFresh } = { fresh: false }): Promise<Capacity> {
    const known = isFresh ? undefined : this.#capacity;
    const now = this.#clock.monotonic();
    if (known !== undefined && now - known.at <= CAPACITY_GOOD_FOR_MS) return known.facts;
    const facts = this.#probe();
    const fresh = { facts, at: now };
    if (known === undefined) this.#capacity = fresh;
    facts.then(
      () => (this.#capacity = fresh),
      () => (this.#capacity = undefined),
    );
    // A machine does not change from one minute to the next: nobody waits for the second look.
    return known?.facts ?? facts;
  }

  attemptFolder(workspace: string, job: string, attempt: number): string {
    return `${this.#root}/jobs/${workspace}/${job}/${attempt}`;
  }

  stage(ref: AttemptRef, spec: LaunchSpec): Promise<void> {
    return this.#put(specFileText(ref, spec), `${ref.folder}/spec.json`);
  }

  async launch(ref: AttemptRef, options?: { canceled: boolean }): Promise<"started" | "duplicate"> {
    if (options?.canceled) await this.#put("{}", `${ref.folder}/cancel`);
    // A starter that ended badly may have started the attempt; asking once more tells, and starts nothing twice.
    return this.#start(ref).catch(() => this.#start(ref));
  }

  observe(ref: AttemptRef, from: Offsets, observer: AttemptObserver): Observation {
    const attempt = new WatchedAttempt({
      ref,
      from,
      observer,
      clock: this.#clock,
      send: (order) => this.#link?.send(order),
      bring: (file, to) => this.#transport.put(file, to),
      onOver: () => {
        this.#attempts.delete(ref.folder);
        this.#considerIdle();
      },
    });
    this.#attempts.set(ref.folder, attempt);
    const link = this.#openLink();
    if (link.isUp) attempt.introduce();
    return attempt;
  }

  async attempts(): Promise<FoundAttempt[]> {
    const text = await capture(this.#transport, this.#argv(await this.#launcher.path(), "attempts", this.#root));
    // A folder says of itself what it likes; where it lies is what counts.
    return parseFound(text).filter(
      ({ folder, workspace, job, attempt }) => folder === this.attemptFolder(workspace, job, attempt),
    );
  }

  warm(): void {
    this.#openLink();
    this.#considerIdle();
  }

  async dispose(): Promise<void> {
    this.#cancelIdle();
    this.#cancelPulse();
    this.#cancelLost();
    for (const attempt of [...this.#attempts.values()]) attempt.stop();
    this.#cancelIdle();
    await this.#link?.close();
  }

  /** Isolated and without site packages: the launcher needs the standard library alone, and starts in half the time. */
  #argv(launcher: string, ...words: string[]): [string, ...string[]] {
    return [this.#python, "-I", "-S", launcher, ...words];
  }

  /** A private file on the target, whole or not at all. */
  async #put(text: string, to: string): Promise<void> {
    await mkdir(this.#stagingFolder, { recursive: true, mode: 0o700 });
    const file = join(this.#stagingFolder, randomUUID());
    try {
      await writeFile(file, text, { mode: 0o600 });
      await this.#transport.put(file, to);
    } finally {
      await rm(file, { force: true });
    }
  }

  async #start(ref: AttemptRef): Promise<"started" | "duplicate"> {
    const text = await capture(this.#transport, this.#argv(await this.#launcher.path(), "run", ref.folder));
    return parseStart(text);
  }

  async #probe(): Promise<Capacity> {
    const text = await capture(this.#transport, this.#argv(await this.#launcher.path(), "probe", this.#root));
    const facts = parseProbe(text);
    const machine = await this.#transport.probe();
    return {
      os: machine.os,
      arch: machine.arch,
      hostname: facts.hostname,
      bootId: facts.boot_id,
      python: facts.python,
      cores: facts.cores,
      cpu: facts.cpu,
      kernel: facts.kernel,
      memoryBytes: facts.memory_bytes,
      diskFreeBytes: facts.disk_free_bytes,
      containerEngine: Object.entries(facts.container).find(([, path]) => path !== null)?.[0] ?? null,
      scheduler: facts.scheduler,
      gpus: facts.gpus.map(({ memory_bytes, ...gpu }) => ({ ...gpu, memoryBytes: memory_bytes })),
    };
  }

  #openLink(): Link {
    this.#cancelIdle();
    if (this.#link === undefined) {
      this.#link = new Link({
        transport: this.#transport,
        clock: this.#clock,
        argv: async () => this.#argv(await this.#launcher.path(), "link"),
        onUp: () => this.#onUp(),
        onDown: (reason) => this.#onDown(reason),
        receive: (frame) => this.#receive(frame),
      });
      this.#link.open();
      this.#watchPulse();
    }
    return this.#link;
  }

  #onUp(): void {
    this.#cancelLost();
    for (const attempt of this.#attempts.values()) attempt.introduce();
  }

  #onDown(reason: string): void {
    this.#cancelLost();
    this.#cancelLost = this.#clock.after(LOST_AFTER_MS, () => {
      for (const attempt of this.#attempts.values()) attempt.say("lost", reason);
    });
  }

  async #receive(frame: Frame): Promise<void> {
    const { dir } = frame.header;
    if (typeof dir === "string") await this.#attempts.get(dir)?.take(frame);
  }

  #watchPulse(): void {
    this.#cancelPulse = this.#clock.after(PULSE_EVERY_MS, () => {
      const hears = this.#link?.isUp === true && !this.#link.isBusy;
      if (hears) for (const attempt of this.#attempts.values()) attempt.checkPulse();
      this.#watchPulse();
    });
  }

  #considerIdle(): void {
    this.#cancelIdle();
    if (this.#attempts.size > 0) return;
    this.#cancelIdle = this.#clock.after(IDLE_LINK_MS, () => {
      this.#cancelPulse();
      const link = this.#link;
      this.#link = undefined;
      void link?.close();
    });
  }
}
