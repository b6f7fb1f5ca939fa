import type { Connection } from "#contract/entities/job.ts";

/** Whether each running job's target is in contact. Lives with the engine: it says what this engine sees now. */
export class Connections {
  readonly #known = new Map<number, Connection>();

  set(runId: number, connection: Connection): void {
    this.#known.set(runId, connection);
  }

  /** A job whose target has not been heard of is in contact since it was last touched. */
  of(runId: number, since: number): Connection {
    return this.#known.get(runId) ?? { state: "connected", since };
  }

  forget(runId: number): void {
    this.#known.delete(runId);
  }
}
