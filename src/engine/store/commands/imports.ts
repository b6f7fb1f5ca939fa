import { messageOf } from "#base/errors.ts";
import type { ForeignExperiment, ForeignModel, ForeignRun } from "../../core/mlflow/foreign.ts";
import type { Db } from "../database.ts";
import type { CommandTable } from "../table.ts";
import { workspaceId } from "../tracking/context.ts";
import {
  importExperiment,
  importModel,
  importRun,
  linkParents,
  type Imported,
  type ImportedFile,
} from "../tracking/imports.ts";

/** A run or a model with the row id of its experiment, and its files that are stored already. */
export type Importable = (Omit<ForeignRun, "files"> | Omit<ForeignModel, "files">) & {
  experimentRow: number;
  stored: ImportedFile[];
};

export type ImportAnswer = Imported | { fault: string };

export const importCommands = {
  importExperiment(
    db: Db,
    args: { workspace: string; experiment: ForeignExperiment; actor: string; now: number },
  ): { id: number; added: boolean } {
    return importExperiment(db, args.experiment, { ...args, workspaceId: workspaceId(db, args.workspace) });
  },

  /** At the end of an import: runs get the parents that they name. */
  linkImportedParents(db: Db, args: { workspace: string }): void {
    linkParents(db, workspaceId(db, args.workspace));
  },

  /** Takes runs and models over, each whole or not at all. */
  importItems(db: Db, args: { workspace: string; items: Importable[]; actor: string; now: number }): ImportAnswer[] {
    const workspace = workspaceId(db, args.workspace);
    return args.items.map(({ experimentRow, stored, ...item }) => {
      const options = { ...args, workspaceId: workspace, experimentId: experimentRow };
      const take = db.raw.transaction(() =>
        item.kind === "run" ? importRun(db, item, stored, options) : importModel(db, item, stored, options),
      );
      try {
        return take();
      } catch (thrown) {
        // A full disk has ended the whole transaction: nothing of this call is kept.
        if (!db.raw.inTransaction) throw thrown;
        return { fault: messageOf(thrown) };
      }
    });
  },
} satisfies CommandTable;
