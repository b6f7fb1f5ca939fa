/**
 * Wakes a thread that waits for its next message outside of its event loop. A message that goes through the event loop
 * costs the sender a write to an event descriptor and the receiver two polls, a read and a fight for the port's lock; a
 * bell costs one futex call each. The message itself still travels by its port: post first, then ring.
 */
export class Bell {
  readonly memory: SharedArrayBuffer;
  readonly #rings: Int32Array<SharedArrayBuffer>;

  /** The other side is made with the `memory` of the first. */
  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#rings = new Int32Array(memory);
  }

  ring(): void {
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  /**
   * Asks `take` for what is there, and once more after a ring or `patienceMs`. A ring between the question and the wait
   * ends the wait at once. Blocks the thread: never for the main one.
   */
  waitFor<T>(take: () => T | undefined, patienceMs: number): T | undefined {
    const heard = Atomics.load(this.#rings, 0);
    const there = take();
    if (there !== undefined) return there;
    Atomics.wait(this.#rings, 0, heard, patienceMs);
    return take();
  }
}
