import type { MessagePort } from "node:worker_threads";
import type { Commands } from "./commands.ts";
import type { Queries } from "./queries.ts";
import type { ArgsOf, ResultOf } from "./table.ts";
import type { Outcome } from "./wire.ts";

/** What code in the writer's thread can do there without a message to another one. */
export interface WriterThread {
  /** Takes a command up; `settle` is called after the commit that holds it. */
  call<K extends keyof Commands & string>(name: K, args: ArgsOf<Commands[K]>, settle: (outcome: Outcome) => void): void;
  /** Answers a short question at once, on the writer's own connection: nothing is written in the meantime. */
  look<K extends keyof Queries & string>(name: K, args: ArgsOf<Queries[K]>): ResultOf<Queries[K]>;
}

/**
 * A module that lives in the writer's thread, so that its commands need no way to the writer and back. It is a bundle of
 * its own: classes of the store are others there, and errors come as plain data.
 */
export interface GuestModule {
  attach(thread: WriterThread, options: unknown, port: MessagePort): void;
}
