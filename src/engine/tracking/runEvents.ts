import type { Clock } from "#base/clock.ts";
import type { Disposable } from "#base/disposable.ts";
import type { EventBus } from "../core/events.ts";
import { toSummary } from "../jobs/summary.ts";
import type { StoreCalls } from "../store/store.ts";

const quietMs = 250;
/** The program of such a run is in contact whenever it calls. */
const inContact = { of: (_run: number, since: number) => ({ state: "connected" as const, since }) };

interface Waiting {
  workspace: string;
  run: string;
  /** Whether the run's row in a list has changed too. */
  listed: boolean;
  /** Whether something happened since the last event. */
  dirty: boolean;
}

/** Tells that runs have changed, at most four times a second for each run, the last change always. */
export class RunEvents implements Disposable {
  readonly #store: StoreCalls;
  readonly #bus: EventBus;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #timers = new Set<() => void>();

  constructor(options: { store: StoreCalls; bus: EventBus; clock: Clock }) {
    this.#store = options.store;
    this.#bus = options.bus;
    this.#clock = options.clock;
  }

  changed(workspace: string, run: string, listed: boolean): void {
    const key = `${workspace}/${run}`;
    const waiting = this.#waiting.get(key);
    if (waiting) {
      waiting.dirty = true;
      waiting.listed ||= listed;
      return;
    }
    const entry: Waiting = { workspace, run, listed, dirty: false };
    this.#waiting.set(key, entry);
    this.#tell(entry);
    this.#rest(key, entry);
  }

  dispose(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#waiting.clear();
  }

  #rest(key: string, entry: Waiting): void {
    const cancel = this.#clock.after(quietMs, () => {
      this.#timers.delete(cancel);
      if (!entry.dirty) {
        this.#waiting.delete(key);
        return;
      }
      entry.dirty = false;
      this.#tell(entry);
      this.#rest(key, entry);
    });
    this.#timers.add(cancel);
  }

  #tell(entry: Waiting): void {
    const { workspace, run, listed } = entry;
    entry.listed = false;
    this.#bus.publish({ type: "run", workspace, run });
    if (!listed) return;
    // A run that is a job is told of by the jobs; only one that a plain client made is told of here.
    this.#store.read("plainRun", { workspace, name: run }).then(
      (row) => row && this.#bus.publish({ type: "job", workspace, job: toSummary(row, inContact) }),
      () => undefined,
    );
  }
}
