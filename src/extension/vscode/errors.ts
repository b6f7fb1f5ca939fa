import * as vscode from "vscode";
import { CodedError, messageOf } from "#base/errors.ts";
import type { CommandId } from "../contributions/commands.ts";

interface Action {
  title: string;
  command: CommandId;
}

/** The one action that may mend an error, by its code. */
const actions: Readonly<Record<string, Action>> = {
  "engine-not-running": { title: vscode.l10n.t("Start Engine"), command: "slipway.engine.start" },
  "engine-start-failed": { title: vscode.l10n.t("Show Engine Log"), command: "slipway.engine.logs" },
  "disk-full": { title: vscode.l10n.t("Free Disk Space…"), command: "slipway.engine.gc" },
  unavailable: { title: vscode.l10n.t("Refresh"), command: "slipway.refresh" },
  internal: { title: vscode.l10n.t("Show Slipway Output"), command: "slipway.showOutput" },
};

/** Shows what was thrown: the message, the next step, and the action that may mend it. A cancelled dialog says nothing. */
export async function showError(thrown: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (thrown instanceof vscode.CancellationError) return;
  log.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  const coded = thrown instanceof CodedError ? thrown : undefined;
  const text = coded ? [coded.message, coded.next].filter(Boolean).join(" ") : messageOf(thrown);
  const action = coded ? actions[coded.code] : actions["internal"];
  const chosen = await vscode.window.showErrorMessage(text, ...(action ? [action.title] : []));
  if (action && chosen === action.title) await vscode.commands.executeCommand(action.command);
}
