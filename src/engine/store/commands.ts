import { accessCommands } from "./commands/access.ts";
import { snapshotCommands } from "./commands/snapshots.ts";
import { workspaceCommands } from "./commands/workspaces.ts";
import type { CommandTable } from "./table.ts";

/** Everything that changes the store, one line a noun. */
export const commands = {
  ...accessCommands,
  ...snapshotCommands,
  ...workspaceCommands,
} satisfies CommandTable;
export type Commands = typeof commands;
