import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import type { RemoteProcess, Transport } from "#transport/transport.ts";
import { readFrames, type Frame } from "./frames.ts";

const PING_EVERY_MS = 1000;
/** Without any frame for this long a link is taken for dead and replaced. */
const SILENCE_LIMIT_MS = 15_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;
/** The end of what a dying link says on stderr is kept for the message. */
const WORDS_KEPT = 2000;

interface LinkOptions {
  transport: Transport;
  clock: Clock;
  /** Program and arguments that start a link. */
  argv: () => Promise<readonly [string, ...string[]]>;
  /** The link answers: what is to be watched has to be said (again). */
  onUp: () => void;
  onDown: (reason: string) => void;
  /** Awaited before the next frame is read, which is how a slow receiver holds the target back. */
  receive: (frame: Frame) => Promise<void>;
}

interface Running {
  process: RemoteProcess;
  heardAt: number;
  /** A frame is being taken in: nothing can be heard meanwhile, and the link is not to blame. */
  busy: boolean;
  words: string;
}

/**
 * The one process on a target that copies between the attempts' files and this engine. It holds no state: when it dies
 * it is started again and told once more what to watch. Open from {@link open} to {@link close}.
 */
export class Link {
  readonly #options: LinkOptions;
  #running: Running | undefined;
  #up = false;
  #wanted = false;
  #retryMs = FIRST_RETRY_MS;
  #cancelTimer: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Whether frames are being held back by a slow receiver. */
  get isBusy(): boolean {
    return this.#running?.busy === true;
  }

  open(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#ended = this.#serve();
  }

  /** Says something to the target. What is said while the link is down is dropped: `onUp` says everything anew. */
  send(order: Record<string, unknown>): void {
    if (this.#up) this.#running?.process.stdin.write(`${JSON.stringify(order)}\n`);
  }

  async close(): Promise<void> {
    this.#wanted = false;
    this.#cancelTimer();
    const process = this.#running?.process;
    if (process) {
      process.stdin.end();
      process.kill("SIGTERM");
      process.stdout.resume();
    }
    await this.#ended;
  }

  async #serve(): Promise<void> {
    let reason: string;
    try {
      reason = await this.#run();
    } catch (failure) {
      reason = messageOf(failure);
    }
    if (this.#up || this.#retryMs === FIRST_RETRY_MS) this.#options.onDown(reason);
    this.#up = false;
    this.#running = undefined;
    if (!this.#wanted) return;
    const wait = this.#retryMs;
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    await new Promise<void>((resolve) => {
      const stop = this.#options.clock.after(wait, resolve);
      this.#cancelTimer = () => {
        stop();
        resolve();
      };
    });
    if (this.#wanted) return this.#serve();
  }

  /** One life of the link process; settles with the reason of its end. */
  async #run(): Promise<string> {
    const { transport, clock, argv, receive } = this.#options;
    const process = await transport.exec(await argv());
    const running: Running = { process, heardAt: clock.monotonic(), busy: false, words: "" };
    this.#running = running;
    process.stderr.on("data", (chunk: Buffer) => {
      running.words = (running.words + chunk.toString("utf8")).slice(-WORDS_KEPT);
    });
    const stopPings = this.#ping(running);
    try {
      for await (const frame of readFrames(process.stdout)) {
        if (!this.#wanted) break;
        running.busy = true;
        if (frame.header.t === "hello") this.#greet();
        else if (frame.header.t !== "pong") await receive(frame);
        running.busy = false;
        running.heardAt = clock.monotonic();
      }
    } finally {
      stopPings();
      process.kill("SIGKILL");
    }
    const { code, signal } = await process.exit;
    const how = signal === null ? `exit code ${String(code)}` : signal;
    return running.words.trim() || `the link to the target ended (${how})`;
  }

  #greet(): void {
    this.#up = true;
    this.#retryMs = FIRST_RETRY_MS;
    this.send({ op: "ping" });
    this.#options.onUp();
  }

  #ping(running: Running): () => void {
    const { clock } = this.#options;
    let stop = clock.after(PING_EVERY_MS, tick);
    const send = (order: Record<string, unknown>): void => this.send(order);
    function tick(): void {
      const silent = !running.busy && clock.monotonic() - running.heardAt > SILENCE_LIMIT_MS;
      if (silent) running.process.kill("SIGKILL");
      send({ op: "ping" });
      stop = clock.after(PING_EVERY_MS, tick);
    }
    return () => stop();
  }
}
