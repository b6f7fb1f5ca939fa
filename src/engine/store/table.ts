import type { Db } from "./database.ts";

/** A named function that runs in the writer or in a reader. Arguments and result cross a thread, so they must be cloneable. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table holds functions of many argument types; each stays exact through `satisfies`
export type StoreFunction = (db: Db, args: any) => unknown;

export type CommandTable = Record<string, StoreFunction>;
export type QueryTable = Record<string, StoreFunction>;

export type ArgsOf<F extends StoreFunction> = Parameters<F>[1];
export type ResultOf<F extends StoreFunction> = ReturnType<F>;
