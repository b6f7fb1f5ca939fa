import { accessCommands } from "./commands/access.ts";
import { assetCommands } from "./commands/assets.ts";
import { computeCommands } from "./commands/computes.ts";
import { datastoreCommands } from "./commands/datastores.ts";
import { jobAttemptCommands } from "./commands/jobAttempts.ts";
import { jobChangeCommands } from "./commands/jobChanges.ts";
import { jobCommands } from "./commands/jobs.ts";
import { mirrorCommands } from "./commands/mirrors.ts";
import { snapshotCommands } from "./commands/snapshots.ts";
import { workspaceCommands } from "./commands/workspaces.ts";
import type { CommandTable } from "./table.ts";

/** Everything that changes the store, one line a noun. */
export const commands = {
  ...accessCommands,
  ...assetCommands,
  ...computeCommands,
  ...datastoreCommands,
  ...jobAttemptCommands,
  ...jobChangeCommands,
  ...jobCommands,
  ...mirrorCommands,
  ...snapshotCommands,
  ...workspaceCommands,
} satisfies CommandTable;
export type Commands = typeof commands;
