interface Entry<T> {
  result: Promise<T>;
  ending: AbortController;
  waiters: Set<(bytes: Uint8Array) => void>;
  /** What the worker said so far, for those who come later. */
  said: Uint8Array[];
  saidBytes: number;
}

const keptBytes = 1024 * 1024;

/**
 * Work that is done once for all who ask for it meanwhile: the first starts it, the others see what it says and wait. Who is
 * aborted leaves; when nobody is left the work itself is.
 */
export class SharedWork<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /** Rejects as the work does, or with the signal's reason. */
  async do(
    key: string,
    work: (onOutput: (bytes: Uint8Array) => void, signal: AbortSignal) => Promise<T>,
    who: { onOutput: (bytes: Uint8Array) => void; signal: AbortSignal },
  ): Promise<T> {
    who.signal.throwIfAborted();
    const entry = this.#entries.get(key) ?? this.#start(key, work);
    // A waiter of its own for each caller, even where two share one function.
    const hear = (bytes: Uint8Array): void => who.onOutput(bytes);
    for (const bytes of entry.said) hear(bytes);
    entry.waiters.add(hear);
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(who.signal.reason as Error);
    who.signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([entry.result, left.promise]);
    } finally {
      who.signal.removeEventListener("abort", leave);
      entry.waiters.delete(hear);
      if (entry.waiters.size === 0) {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        entry.ending.abort();
        // Nothing of it goes on when the last one leaves.
        await entry.result.catch(() => undefined);
      }
    }
  }

  #start(key: string, work: Parameters<SharedWork<T>["do"]>[1]): Entry<T> {
    const ending = new AbortController();
    const entry: Entry<T> = { ending, waiters: new Set(), said: [], saidBytes: 0, result: undefined as never };
    const say = (bytes: Uint8Array): void => {
      if (entry.saidBytes < keptBytes) {
        entry.said.push(bytes);
        entry.saidBytes += bytes.length;
      }
      for (const hear of entry.waiters) hear(bytes);
    };
    entry.result = work(say, ending.signal).finally(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    entry.result.catch(() => undefined);
    this.#entries.set(key, entry);
    return entry;
  }
}
