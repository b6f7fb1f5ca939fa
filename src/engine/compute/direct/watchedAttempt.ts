import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/errors.ts";
import type { Connection } from "#contract/entities/job.ts";
import type {
  AttemptObserver,
  AttemptRef,
  ExitRecord,
  Observation,
  Offsets,
  RelayReply,
  RelayRequest,
} from "../runner.ts";
import { parseExit, parseState } from "./answers.ts";
import type { Frame } from "./frames.ts";

/** Bytes of one attempt that may wait for its observer before the link is held back. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
/** A heartbeat comes every 2 s; contact is lost when this much time passes without one. */
const HEARTBEAT_LIMIT_MS = 15_000;
const RETRY_MS = 500;
/** Programs of one attempt that have a log of their own. */
const MOST_RANKS = 4096;
/** Answers kept for a link that was replaced before it could pass them on, so that no request is carried out twice. */
const REPLIES_KEPT = 64;

/** One observed attempt: turns a link's frames into calls of its observer, one after another, and remembers how far it is. */
export class WatchedAttempt implements Observation {
  readonly ref: AttemptRef;
  readonly #observer: AttemptObserver;
  readonly #clock: Clock;
  readonly #send: (order: Record<string, unknown>) => void;
  readonly #bring: (file: string, to: string) => Promise<void>;
  readonly #onOver: () => void;
  /** Where the next bytes begin: everything before has been handed to the queue. */
  readonly #log = new Map<number, number>();
  #journal: number;
  #samples: number;
  #queue: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  readonly #replies = new Map<number, Promise<RelayReply>>();
  #over = false;
  #cancelGraceS: number | undefined;
  #appliedSeq = 0;
  #connection: Connection["state"] | undefined;
  #heardAt: number;

  constructor(options: {
    ref: AttemptRef;
    from: Offsets;
    observer: AttemptObserver;
    clock: Clock;
    send: (order: Record<string, unknown>) => void;
    /** Copies a file of this machine to the target. */
    bring: (file: string, to: string) => Promise<void>;
    onOver: () => void;
  }) {
    this.ref = options.ref;
    this.#observer = options.observer;
    this.#clock = options.clock;
    this.#send = options.send;
    this.#bring = options.bring;
    this.#onOver = options.onOver;
    for (const [rank, offset] of Object.entries(options.from.log)) this.#log.set(Number(rank), offset);
    this.#journal = options.from.journal;
    this.#samples = options.from.samples;
    this.#heardAt = options.clock.monotonic();
  }

  /** Tells a fresh link what to watch and everything that the target may have missed. */
  introduce(): void {
    const { folder: dir } = this.ref;
    const log = Object.fromEntries(this.#log);
    this.#send({ op: "watch", dir, log, journal: this.#journal, samples: this.#samples, mark_gone: true });
    if (this.#appliedSeq > 0) this.#send({ op: "applied", dir, seq: this.#appliedSeq });
    if (this.#cancelGraceS !== undefined) this.cancel(this.#cancelGraceS);
    this.#heardAt = this.#clock.monotonic();
  }

  applied(seq: number): void {
    if (seq <= this.#appliedSeq) return;
    this.#appliedSeq = seq;
    this.#send({ op: "applied", dir: this.ref.folder, seq });
  }

  cancel(graceS: number): void {
    this.#cancelGraceS = graceS;
    this.#send({ op: "cancel", dir: this.ref.folder, grace_s: graceS });
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#send({ op: "unwatch", dir: this.ref.folder });
    this.#onOver();
  }

  /** Takes a frame in. The promise holds the link back while this attempt's backlog is too large. */
  async take(frame: Frame): Promise<void> {
    if (this.#over) return;
    const { header, payload } = frame;
    this.#heardAt = this.#clock.monotonic();
    this.say("connected");
    const { seq } = header;
    if (header.t === "request") return isPlace(seq) ? void this.#answer(seq, payload) : undefined;
    const call = this.#callFor(frame);
    if (call === undefined) return;
    const size = payload.length;
    this.#waitingBytes += size;
    const done = this.#queue
      .then(() => this.#insist(call))
      .finally(() => {
        this.#waitingBytes -= size;
      });
    this.#queue = done;
    if (this.#waitingBytes > BACKLOG_BYTES) await done;
  }

  /** Whether the attempt has been silent for too long although the link works. */
  checkPulse(): void {
    if (this.#clock.monotonic() - this.#heardAt > HEARTBEAT_LIMIT_MS)
      this.say("lost", "no heartbeat from the launcher");
  }

  say(state: Connection["state"], reason?: string): void {
    if (this.#over || this.#connection === state) return;
    this.#connection = state;
    this.#observer.connection({ state, since: this.#clock.now(), ...(reason === undefined ? {} : { reason }) });
  }

  #callFor({ header, payload }: Frame): (() => Promise<void>) | undefined {
    const observer = this.#observer;
    const offset = header["offset"] as number;
    switch (header.t) {
      case "state": {
        const state = parseState(header["state"]);
        return state && (() => observer.state(state));
      }
      case "log": {
        const rank = header["rank"] as number;
        if (!isPlace(rank) || rank > MOST_RANKS || !this.#follows(offset, this.#log.get(rank) ?? 0)) return undefined;
        this.#log.set(rank, offset + payload.length);
        return () => observer.log(rank, offset, payload);
      }
      case "journal":
        if (!this.#follows(offset, this.#journal)) return undefined;
        this.#journal = offset + payload.length;
        return () => observer.journal(offset, payload);
      case "samples":
        if (!this.#follows(offset, this.#samples)) return undefined;
        this.#samples = offset + payload.length;
        return () => observer.samples(offset, payload);
      case "exit":
        return () => this.#end(parseExit(header["exit"], this.#clock.now()));
      case "gone":
        this.#send({ op: "settle", dir: this.ref.folder });
        return undefined;
      case "error":
        return this.#faultCall(String(header["message"]), header["op"]);
      default:
        return undefined;
    }
  }

  /** Whether bytes leave no gap after the ones before. With a gap it is no link of ours: it is told anew what to watch. */
  #follows(offset: number, expected: number): boolean {
    if (isPlace(offset) && offset <= expected) return true;
    this.#clock.after(RETRY_MS, () => {
      if (!this.#over) this.introduce();
    });
    return false;
  }

  #faultCall(message: string, operation: unknown): (() => Promise<void>) | undefined {
    if (operation === undefined && message === "no such folder") {
      const evidence = { words: `the attempt's folder ${this.ref.folder} is gone` };
      return () =>
        this.#end({
          code: null,
          signal: null,
          reason: "launcher_lost",
          started_at: null,
          ended_at: this.#clock.now(),
          duration_ms: null,
          evidence,
        });
    }
    this.#observer.fault(message);
    const again = operation === "settle" ? () => this.#send({ op: "settle", dir: this.ref.folder }) : undefined;
    if (again !== undefined || operation === undefined) {
      this.#clock.after(RETRY_MS, () => {
        if (!this.#over) (again ?? (() => this.introduce()))();
      });
    }
    return undefined;
  }

  async #end(record: ExitRecord): Promise<void> {
    await this.#observer.exit(record);
    this.stop();
  }

  /** Bytes that could not be taken over (a full disk, a store that is read-only) are offered again, never skipped. */
  async #insist(call: () => Promise<void>): Promise<void> {
    while (!this.#over) {
      try {
        return await call();
      } catch (failure) {
        this.#observer.fault(messageOf(failure));
        await new Promise<void>((resolve) => this.#clock.after(RETRY_MS, resolve));
      }
    }
  }

  async #answer(seq: number, payload: Buffer): Promise<void> {
    let pending = this.#replies.get(seq);
    if (pending === undefined) {
      // What the program logged before it asked came first: the answer must know it.
      pending = this.#queue.then(() => this.#ask(payload));
      this.#replies.set(seq, pending);
      if (this.#replies.size > REPLIES_KEPT) this.#replies.delete(Math.min(...this.#replies.keys()));
    }
    const { status, headers, body } = await pending;
    const order = { op: "reply", dir: this.ref.folder, seq, status, headers };
    if (Buffer.isBuffer(body)) return this.#send({ ...order, body_base64: body.toString("base64") });
    const incoming = `${this.ref.folder}/relay/replies/${seq}.incoming`;
    try {
      await this.#bring(body.file, incoming);
      this.#send({ ...order, file: incoming });
    } catch (failure) {
      this.#observer.fault(messageOf(failure));
    }
  }

  async #ask(payload: Buffer): Promise<RelayReply> {
    try {
      return await this.#observer.request(JSON.parse(payload.toString("utf8")) as RelayRequest);
    } catch (failure) {
      const body = { error_code: "INTERNAL_ERROR", message: messageOf(failure) };
      const headers = { "content-type": "application/json" };
      return { status: 500, headers, body: Buffer.from(JSON.stringify(body)) };
    }
  }
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
