import * as vscode from "vscode";
import type { ChangedJobs } from "#contract/routes/keeping.ts";
import type { Session } from "../session.ts";
import { bytesWords, whole } from "../vscode/numbers.ts";

/** Deletes jobs after a question that says the bytes, then offers to take it back. */
export async function deleteJobs(names: string[], session: Session): Promise<void> {
  const client = await session.client();
  const params = { workspace: session.workspace };
  const planned = await client.deleteJobs({ params, body: { names, dry_run: true } });
  const deletable = namesOf(planned, "deleted");
  const open = keptWords(planned);
  if (deletable.length === 0) {
    void vscode.window.showInformationMessage(open || vscode.l10n.t("There is nothing to delete."));
    return;
  }
  const question =
    deletable.length === 1 && deletable[0] !== undefined
      ? vscode.l10n.t("Delete the job {0}?", deletable[0])
      : vscode.l10n.t("Delete {0} jobs?", whole(deletable.length));
  const detail = [
    vscode.l10n.t("Collecting them frees {0}. Until then they can be restored.", bytesWords(planned.bytes)),
    planned.nested > 0 ? vscode.l10n.t("Runs nested in them that go along: {0}.", whole(planned.nested)) : "",
    open,
  ];
  const button = vscode.l10n.t("Delete");
  const options = { modal: true, detail: detail.filter(Boolean).join("\n") };
  if ((await vscode.window.showWarningMessage(question, options, button)) !== button) return;
  const done = await client.deleteJobs({ params, body: { names: deletable } });
  const undo = vscode.l10n.t("Undo");
  const message = vscode.l10n.t("Jobs deleted: {0}.", whole(namesOf(done, "deleted").length));
  // The command is over; the notification stays as long as the user lets it.
  void vscode.window.showInformationMessage(message, undo).then(async (answer) => {
    if (answer === undo) await client.restoreJobs({ params, body: { names: deletable } });
  });
}

function namesOf({ jobs }: ChangedJobs, wanted: ChangedJobs["jobs"][number]["result"]): string[] {
  return jobs.filter(({ result }) => result === wanted).map(({ name }) => name);
}

function keptWords(planned: ChangedJobs): string {
  const open = namesOf(planned, "not-over");
  if (open.length === 0) return "";
  return vscode.l10n.t("Not over yet, so not deleted: {0}. Cancel these jobs first.", open.slice(0, 5).join(", "));
}
