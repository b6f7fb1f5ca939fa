import * as vscode from "vscode";
import type { Session } from "../session.ts";
import { bytesWords, whole } from "../vscode/numbers.ts";

type Change = "archive" | "delete" | "restore";

/** Archives, deletes and restores runs that are selected in the table, and takes the last of it back. */
export class RunChanges {
  readonly #session: Session;
  readonly #tell: (message: string, undo: boolean) => void;
  #last: number[] = [];

  constructor(options: { session: Session; tell: (message: string, undo: boolean) => void }) {
    this.#session = options.session;
    this.#tell = options.tell;
  }

  async archive(ids: number[]): Promise<void> {
    const { ids: changed } = await this.#change(ids, "archive");
    this.#last = changed;
    this.#tell(vscode.l10n.t("Runs archived: {0}. Nothing is deleted.", whole(changed.length)), changed.length > 0);
  }

  /** Asks first. What was deleted stays until the next collection, and can be taken back until then. */
  async remove(ids: number[]): Promise<void> {
    const planned = await this.#change(ids, "delete", true);
    const kept = this.#keptWords(planned.kept);
    if (planned.ids.length === 0) return this.#tell(kept || vscode.l10n.t("There is nothing to delete."), false);
    const button = vscode.l10n.t("Delete");
    const question = vscode.l10n.t(
      "Delete {0} runs? Their artifacts are {1}.",
      whole(planned.ids.length),
      bytesWords(planned.bytes),
    );
    const detail = [vscode.l10n.t("They can be restored until they are collected."), kept].filter(Boolean).join("\n");
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
    const done = await this.#change(ids, "delete");
    this.#last = done.ids;
    const message = vscode.l10n.t(
      "Runs deleted: {0}. Collecting them will free up to {1}; until then they can be restored.",
      whole(done.ids.length),
      bytesWords(done.bytes),
    );
    this.#tell([message, kept].filter(Boolean).join(" "), true);
  }

  async restore(ids: number[]): Promise<void> {
    const { ids: changed } = await this.#change(ids, "restore");
    this.#tell(vscode.l10n.t("Runs restored: {0}", whole(changed.length)), false);
  }

  async undo(): Promise<void> {
    const ids = this.#last;
    this.#last = [];
    await this.restore(ids);
  }

  #change(ids: number[], change: Change, dryRun = false) {
    return this.#session
      .client()
      .then((client) =>
        client.changeRuns({ params: { workspace: this.#session.workspace }, body: { ids, change, dry_run: dryRun } }),
      );
  }

  #keptWords(kept: readonly string[]): string {
    if (kept.length === 0) return "";
    const names = kept.slice(0, 5).join(", ") + (kept.length > 5 ? "…" : "");
    return vscode.l10n.t("Not over yet, so not deleted: {0}. Cancel these jobs first.", names);
  }
}
