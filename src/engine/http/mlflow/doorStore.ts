import type { Commands } from "../../store/commands.ts";
import type { WriterThread } from "../../store/guest.ts";
import type { Queries } from "../../store/queries.ts";
import type { StoreCalls } from "../../store/store.ts";
import type { ArgsOf, ResultOf } from "../../store/table.ts";
import { fromPlain, type Answer, type Call, type Outcome } from "../../store/wire.ts";

/** The store as code in the writer's thread uses it: commands are at hand, questions go to another thread. */
export class DoorStore implements StoreCalls {
  readonly #thread: WriterThread;
  readonly #ask: (call: Call) => void;
  readonly #asked = new Map<number, (outcome: Outcome) => void>();
  #nextId = 1;

  constructor(options: { thread: WriterThread; ask: (call: Call) => void }) {
    this.#thread = options.thread;
    this.#ask = options.ask;
  }

  write<K extends keyof Commands & string>(name: K, args: ArgsOf<Commands[K]>): Promise<ResultOf<Commands[K]>> {
    return promised((settle) => this.#thread.call(name, args, settle));
  }

  read<K extends keyof Queries & string>(name: K, args: ArgsOf<Queries[K]>): Promise<ResultOf<Queries[K]>> {
    return promised((settle) => {
      const id = this.#nextId++;
      this.#asked.set(id, settle);
      this.#ask({ id, name, args });
    });
  }

  /** The answer to a question has come. */
  answered(answer: Answer): void {
    this.#asked.get(answer.id)?.(answer);
    this.#asked.delete(answer.id);
  }
}

function promised<T>(start: (settle: (outcome: Outcome) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(fromPlain(outcome.error))));
  });
}
