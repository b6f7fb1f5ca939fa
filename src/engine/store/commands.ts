import { accessCommands } from "./commands/access.ts";
import type { CommandTable } from "./table.ts";

/** Everything that changes the store, one line a noun. */
export const commands = {
  ...accessCommands,
} satisfies CommandTable;
export type Commands = typeof commands;
