const chunkItems = 512;

/** A long JSON list made of its items' texts. They are joined as they come: a tree of them would take twice the memory. */
export class JsonList {
  readonly #chunks: string[] = [];
  #items: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(item: string): void {
    this.#items.push(item);
    this.#length++;
    if (this.#items.length === chunkItems) this.#flush();
  }

  toString(): string {
    if (this.#items.length > 0) this.#flush();
    return `[${this.#chunks.join(",")}]`;
  }

  #flush(): void {
    this.#chunks.push(this.#items.join(","));
    this.#items = [];
  }
}
