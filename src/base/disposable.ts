/** Something that holds a resource until it is disposed of. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Disposes of everything it tracked, the newest first. One failure does not keep the others alive. */
export class DisposableStore implements Disposable {
  readonly #tracked: Disposable[] = [];

  track<T extends Disposable>(resource: T): T {
    this.#tracked.push(resource);
    return resource;
  }

  async dispose(): Promise<void> {
    const failures: unknown[] = [];
    for (let resource = this.#tracked.pop(); resource; resource = this.#tracked.pop()) {
      try {
        await resource.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some resources could not be released");
  }
}
