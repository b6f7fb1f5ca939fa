import { accessCommands } from "./commands/access.ts";
import { artifactCommands } from "./commands/artifacts.ts";
import { assetCommands } from "./commands/assets.ts";
import { computeCommands } from "./commands/computes.ts";
import { datastoreCommands } from "./commands/datastores.ts";
import { gcCommands } from "./commands/gc.ts";
import { importCommands } from "./commands/imports.ts";
import { jobAttemptCommands } from "./commands/jobAttempts.ts";
import { jobChangeCommands } from "./commands/jobChanges.ts";
import { jobCommands } from "./commands/jobs.ts";
import { keepingCommands } from "./commands/keeping.ts";
import { mirrorCommands } from "./commands/mirrors.ts";
import { runViewCommands } from "./commands/runViews.ts";
import { snapshotCommands } from "./commands/snapshots.ts";
import { takenUpCommands } from "./commands/takenUp.ts";
import { trackingCommands } from "./commands/tracking.ts";
import { workspaceCommands } from "./commands/workspaces.ts";
import type { CommandTable } from "./table.ts";

/** Everything that changes the store, one line a noun. */
export const commands = {
  ...accessCommands,
  ...artifactCommands,
  ...assetCommands,
  ...computeCommands,
  ...datastoreCommands,
  ...gcCommands,
  ...importCommands,
  ...jobAttemptCommands,
  ...jobChangeCommands,
  ...jobCommands,
  ...keepingCommands,
  ...mirrorCommands,
  ...runViewCommands,
  ...snapshotCommands,
  ...takenUpCommands,
  ...trackingCommands,
  ...workspaceCommands,
} satisfies CommandTable;
export type Commands = typeof commands;
