/** Many may be inside at once, or one alone. Who waits to be alone goes before those who come later. */
export class Gate {
  #inside = 0;
  #alone: Promise<unknown> | undefined;
  #whenEmpty: (() => void) | undefined;

  async shared<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
      if (this.#inside === 0) this.#whenEmpty?.();
    }
  }

  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#alone;
    const alone = this.#exclusive(work);
    this.#alone = alone.catch(() => undefined);
    try {
      return await alone;
    } finally {
      this.#alone = undefined;
    }
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    this.#whenEmpty = undefined;
    return work();
  }
}
