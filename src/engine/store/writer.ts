import { commands, type Commands } from "./commands.ts";
import type { Db, Statement } from "./database.ts";
import type { WriterThread } from "./guest.ts";
import { queries, type Queries } from "./queries.ts";
import type { ArgsOf, ResultOf } from "./table.ts";
import { isPassing } from "./storeFault.ts";
import { fromPlain, toPlain, type Outcome, type PlainError } from "./wire.ts";

/** Bounds how long one commit can grow, so that a flood does not delay its first caller. */
const maxCallsInCommit = 2000;

/** Commands that change runs, experiments and what is logged, and nothing that {@link Db.remember} is asked for. */
const aboutRuns: ReadonlySet<string> = new Set<keyof Commands>([
  "mlflowWrite",
  "applyJournal",
  "logSamples",
  "setRunTags",
]);

interface Waiting {
  name: string;
  args: unknown;
  settle: (outcome: Outcome) => void;
}

/**
 * The one writer, in its thread. Calls that have come when a commit begins share it; their callers are answered after it,
 * so that what was answered is on the disk. A call that throws takes back its own changes only.
 */
export class Writer implements WriterThread {
  readonly #db: Db;
  readonly #table = commands as Record<string, (db: unknown, args: unknown) => unknown>;
  #waiting: Waiting[] = [];
  #due = false;
  readonly #onRefusal: (refusal: PlainError | undefined) => void;
  #refused: string | undefined;
  // Compiled once: a training loop pays for these with every point.
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #rollbackCall: Statement;

  /** `onRefusal` hears when the disk begins to take nothing more, and with undefined when it does again. */
  constructor(db: Db, options: { onRefusal: (refusal: PlainError | undefined) => void }) {
    this.#db = db;
    this.#onRefusal = options.onRefusal;
    this.#begin = db.prepareCached("BEGIN IMMEDIATE");
    this.#commit = db.prepareCached("COMMIT");
    this.#rollback = db.prepareCached("ROLLBACK");
    this.#savepoint = db.prepareCached("SAVEPOINT call");
    this.#release = db.prepareCached("RELEASE call");
    this.#rollbackCall = db.prepareCached("ROLLBACK TO call");
  }

  call(name: string, args: unknown, settle: (outcome: Outcome) => void): void {
    this.#waiting.push({ name, args, settle });
    if (this.#due) return;
    this.#due = true;
    // After all that this turn of the event loop brings.
    setImmediate(() => this.#flush());
  }

  look<K extends keyof Queries & string>(name: K, args: ArgsOf<Queries[K]>): ResultOf<Queries[K]> {
    return (queries[name] as (db: Db, args: unknown) => ResultOf<Queries[K]>)(this.#db, args);
  }

  /** Whether calls wait for a commit. */
  get busy(): boolean {
    return this.#due;
  }

  #flush(): void {
    const calls = this.#waiting.splice(0, maxCallsInCommit);
    this.#due = this.#waiting.length > 0;
    if (this.#due) setImmediate(() => this.#flush());
    const outcomes = calls.length === 1 ? [this.#commitOne(calls[0] as Waiting)] : this.#commitMany(calls);
    this.#listen(outcomes);
    for (const [index, outcome] of outcomes.entries()) calls[index]?.settle(outcome);
  }

  #listen(outcomes: readonly Outcome[]): void {
    let refusal: PlainError | undefined;
    for (const outcome of outcomes) if (!outcome.ok && isPassing(fromPlain(outcome.error))) refusal = outcome.error;
    // A call that was wrong in itself says nothing about the disk.
    if (refusal?.message === this.#refused || (!refusal && !outcomes.some(({ ok }) => ok))) return;
    this.#refused = refusal?.message;
    this.#onRefusal(refusal);
  }

  /** One call is the whole transaction: nothing else needs to be kept when it fails. */
  #commitOne(call: Waiting): Outcome {
    try {
      this.#begin.run();
      const value = this.#command(call);
      this.#commit.run();
      return { ok: true, value };
    } catch (thrown) {
      this.#takeBack();
      return { ok: false, error: toPlain(thrown) };
    }
  }

  #commitMany(calls: readonly Waiting[]): Outcome[] {
    try {
      this.#begin.run();
      const outcomes = calls.map((call) => this.#run(call));
      this.#commit.run();
      return outcomes;
    } catch (thrown) {
      this.#takeBack();
      const error = toPlain(thrown);
      return calls.map(() => ({ ok: false, error }));
    }
  }

  #run(call: Waiting): Outcome {
    this.#savepoint.run();
    try {
      const value = this.#command(call);
      this.#release.run();
      return { ok: true, value };
    } catch (thrown) {
      // A full disk or an I/O error may have ended the whole transaction already.
      if (!this.#db.raw.inTransaction) throw thrown;
      this.#rollbackCall.run();
      this.#db.forget();
      this.#release.run();
      return { ok: false, error: toPlain(thrown) };
    }
  }

  #takeBack(): void {
    if (this.#db.raw.inTransaction) this.#rollback.run();
    this.#db.forget();
  }

  #command(call: Waiting): unknown {
    const command = this.#table[call.name];
    if (!command) throw new Error(`No store command ${call.name}`);
    if (!aboutRuns.has(call.name)) this.#db.forget();
    return command(this.#db, call.args);
  }
}
