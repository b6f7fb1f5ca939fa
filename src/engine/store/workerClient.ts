import { Worker, type TransferListItem } from "node:worker_threads";
import type { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { fromPlain, type Answer, type Call, type Invitation, type Refusal, type WorkerData } from "./wire.ts";

interface Waiter {
  since: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Calls functions in one worker thread and gives their answers back. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiter>();
  readonly #closed: Promise<void>;
  #nextId = 1;
  #fault: Error | undefined;

  /** `onRefusal` hears when the disk begins to take nothing more, and with undefined when it does again. */
  constructor(options: {
    script: URL;
    path: string;
    onFault: (fault: Error) => void;
    onRefusal?: (refusal: CodedError | undefined) => void;
  }) {
    this.#worker = new Worker(options.script, { workerData: { path: options.path } satisfies WorkerData });
    let closed: () => void = () => undefined;
    this.#closed = new Promise((resolve) => (closed = resolve));
    this.#worker.on("message", (message: Answer[] | Refusal | "closed") => {
      if (message === "closed") return;
      if ("refusal" in message) options.onRefusal?.(message.refusal && fromPlain(message.refusal));
      else for (const answer of message) this.#settle(answer);
    });
    this.#worker.on("error", (fault: Error) => {
      this.#fail(fault);
      options.onFault(fault);
    });
    this.#worker.on("exit", () => {
      this.#fail(slipwayError("unavailable", "The store has been closed."));
      closed();
    });
  }

  /** Calls that wait for an answer. */
  get load(): number {
    return this.#waiting.size;
  }

  /** How long the oldest of them has waited, in ms. */
  get busyMs(): number {
    const [oldest] = this.#waiting.values();
    return oldest === undefined ? 0 : performance.now() - oldest.since;
  }

  call(name: string, args: unknown, transfer: readonly TransferListItem[] = []): Promise<unknown> {
    if (this.#fault) return Promise.reject(this.#fault);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { since: performance.now(), resolve, reject });
      this.#worker.postMessage({ id, name, args } satisfies Call, transfer);
    });
  }

  /** Asks a module into the thread. */
  invite(invitation: Invitation): void {
    this.#worker.postMessage(invitation, [invitation.port]);
  }

  async close(): Promise<void> {
    if (!this.#fault) this.#worker.postMessage("close");
    await this.#closed;
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) waiter?.resolve(answer.value);
    else waiter?.reject(fromPlain(answer.error));
  }

  #fail(fault: Error): void {
    this.#fault ??= fault;
    for (const waiter of this.#waiting.values()) waiter.reject(this.#fault);
    this.#waiting.clear();
  }
}
