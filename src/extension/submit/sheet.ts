import * as vscode from "vscode";
import type { Answers, Preflight } from "#contract/entities/submit.ts";
import { oneDecimal, whole } from "../vscode/numbers.ts";

interface SheetItem extends vscode.QuickPickItem {
  does?: "submit" | "skip-parent-ignored" | "show-files";
}

/** What the user decided. */
export type Decision = { submit: true; answers: Answers } | { submit: false } | { again: Answers };

/** The sheet of a submit: what will be sent, which environment, where it runs. Enter submits, Escape sends nothing. */
export async function showSheet(sheet: Preflight, answers: Answers): Promise<Decision> {
  if (sheet.refusals.length > 0) {
    await vscode.window.showErrorMessage(vscode.l10n.t("{0} cannot run here", sheet.display_name), {
      modal: true,
      detail: sheet.refusals.join("\n"),
    });
    return { submit: false };
  }
  for (;;) {
    const picked = await pick(sheet, answers);
    if (picked?.does === "submit") break;
    if (picked?.does === "skip-parent-ignored")
      return { again: { ...answers, skip_parent_ignored: !answers.skip_parent_ignored } };
    if (picked?.does !== "show-files") return { submit: false };
    await showFiles(sheet);
  }
  return confirm(sheet, answers);
}

/** Whether the sheet has something that the user has to decide. */
export function needsDecision(sheet: Preflight): boolean {
  return sheet.needs.length > 0 || sheet.refusals.length > 0 || sheet.code.secrets.length > 0;
}

function pick(sheet: Preflight, answers: Answers): Promise<SheetItem | undefined> {
  return new Promise((resolve) => {
    const box = vscode.window.createQuickPick<SheetItem>();
    box.title = vscode.l10n.t("Run {0}", sheet.display_name);
    box.placeholder = vscode.l10n.t("Enter submits, Escape sends nothing");
    box.items = items(sheet, answers);
    box.matchOnDescription = true;
    box.ignoreFocusOut = true;
    box.onDidAccept(() => {
      const chosen = box.selectedItems[0];
      // A line that only informs leaves the sheet open.
      if (chosen?.does === undefined) return;
      resolve(chosen);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

function items(sheet: Preflight, answers: Answers): SheetItem[] {
  const { code, environment, target } = sheet;
  const line = (label: string, description: string): SheetItem => ({ label, description });
  const heading = (label: string): SheetItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    {
      label: `$(play) ${vscode.l10n.t("Submit to {0}", target.name)}`,
      description: sheet.experiment_name,
      does: "submit",
      detail: sheet.command.trim(),
    },
    heading(vscode.l10n.t("sends")),
    {
      label: `$(files) ${files(code.files)}, ${size(code.bytes)}`,
      description: code.root ?? vscode.l10n.t("no code"),
      does: "show-files",
    },
    ...(code.skipped_count > 0 ? [line(`$(exclude) ${skipped(code.skipped_count)}`, rules(code.skipped))] : []),
    ...(code.parent_ignored.length > 0
      ? [
          {
            label: answers.skip_parent_ignored
              ? `$(check) ${vscode.l10n.t("Skips what a parent's ignore file names")}`
              : `$(exclude) ${vscode.l10n.t("Skip these too: {0}", files(code.parent_ignored.length))}`,
            description: rules(code.parent_ignored),
            does: "skip-parent-ignored" as const,
          },
        ]
      : []),
    ...code.secrets.map((secret) => line(`$(warning) ${secret.what}`, `${secret.path}:${secret.line}`)),
    heading(vscode.l10n.t("environment")),
    line(
      `$(${environment.cached ? "pass" : "tools"}) ${environment.label}`,
      `${environment.cached ? vscode.l10n.t("cached") : vscode.l10n.t("to be built")}, Python ${environment.python}`,
    ),
    ...environment.report.map((words) => line("$(info)", words)),
    heading(vscode.l10n.t("runs on")),
    line(
      `$(server) ${target.fallback_for ? vscode.l10n.t("{0} for {1}", target.name, target.fallback_for) : target.name}`,
      [target.detail, ...(target.queue_place > 1 ? [vscode.l10n.t("{0}. in the queue", target.queue_place)] : [])].join(
        ", ",
      ),
    ),
    ...(sheet.inputs.length > 0
      ? [
          heading(vscode.l10n.t("inputs")),
          ...sheet.inputs.map((input) => line(`$(symbol-parameter) ${input.name}`, `${input.value}  ${input.note}`)),
        ]
      : []),
    ...(sheet.notices.length > 0
      ? [heading(vscode.l10n.t("notices")), ...sheet.notices.map((words) => line("$(info)", words))]
      : []),
  ];
}

async function showFiles(sheet: Preflight): Promise<void> {
  const { code } = sheet;
  const text = [
    `# ${vscode.l10n.t("What {0} sends: {1}, {2}", sheet.display_name, files(code.files), size(code.bytes))}`,
    "",
    `## ${vscode.l10n.t("Largest files")}`,
    ...code.largest.map((file) => `${size(file.bytes).padStart(10)}  ${file.path}`),
    "",
    `## ${vscode.l10n.t("Skipped ({0})", code.skipped_count)}`,
    ...code.skipped.map((skip) => `${skip.path}  —  ${skip.rule}`),
    "",
    `## ${vscode.l10n.t("Sent, though a parent's ignore file names them")}`,
    ...code.parent_ignored.map((skip) => `${skip.path}  —  ${skip.rule}`),
  ].join("\n");
  await vscode.window.showTextDocument(
    await vscode.workspace.openTextDocument({ content: text, language: "markdown" }),
    { preview: true },
  );
}

/** Asks the questions that only a person can answer. */
async function confirm(sheet: Preflight, answers: Answers): Promise<Decision> {
  const given = { ...answers };
  const send = vscode.l10n.t("Send");
  for (const { answer, question } of sheet.needs) {
    const yes = await vscode.window.showWarningMessage(question, { modal: true }, send);
    if (yes !== send) return { submit: false };
    given[answer] = true;
  }
  return { submit: true, answers: given };
}

function rules(skips: readonly { rule: string }[]): string {
  return [...new Set(skips.map(({ rule }) => rule))].slice(0, 3).join(" · ");
}

function files(many: number): string {
  return many === 1 ? vscode.l10n.t("1 file") : vscode.l10n.t("{0} files", whole(many));
}

function skipped(many: number): string {
  return many === 1 ? vscode.l10n.t("1 path skipped") : vscode.l10n.t("{0} paths skipped", whole(many));
}

function size(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${oneDecimal(bytes / 1e3)} kB` : `${oneDecimal(bytes / 1e6)} MB`;
}
