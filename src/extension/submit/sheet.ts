import * as vscode from "vscode";
import type { Answers, Preflight } from "#contract/entities/submit.ts";

interface SheetItem extends vscode.QuickPickItem {
  does?: "submit" | "skip-parent-ignored" | "show-files";
}

/** What the user decided. */
export type Decision = { submit: true; answers: Answers } | { submit: false } | { again: Answers };

/** The sheet of a submit: what will be sent, which environment, where it runs. Enter submits, Escape sends nothing. */
export async function showSheet(sheet: Preflight, answers: Answers): Promise<Decision> {
  if (sheet.refusals.length > 0) {
    await vscode.window.showErrorMessage(`${sheet.display_name} cannot run here`, {
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
    box.title = `Run ${sheet.display_name}`;
    box.placeholder = "Enter submits, Escape sends nothing";
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
      label: `$(play) Submit to ${target.name}`,
      description: sheet.experiment_name,
      does: "submit",
      detail: sheet.command.trim(),
    },
    heading("sends"),
    {
      label: `$(files) ${count(code.files, "file")}, ${size(code.bytes)}`,
      description: code.root ?? "no code",
      does: "show-files",
    },
    ...(code.skipped_count > 0
      ? [line(`$(exclude) ${count(code.skipped_count, "path")} skipped`, rules(code.skipped))]
      : []),
    ...(code.parent_ignored.length > 0
      ? [
          {
            label: answers.skip_parent_ignored
              ? "$(check) Skips what a parent's ignore file names"
              : `$(exclude) Skip these too: ${count(code.parent_ignored.length, "file")}`,
            description: rules(code.parent_ignored),
            does: "skip-parent-ignored" as const,
          },
        ]
      : []),
    ...code.secrets.map((secret) => line(`$(warning) ${secret.what}`, `${secret.path}:${secret.line}`)),
    heading("environment"),
    line(
      `$(${environment.cached ? "pass" : "tools"}) ${environment.label}`,
      `${environment.cached ? "cached" : "to be built"}, Python ${environment.python}`,
    ),
    ...environment.report.map((words) => line("$(info)", words)),
    heading("runs on"),
    line(
      `$(server) ${target.name}${target.fallback_for ? ` for ${target.fallback_for}` : ""}`,
      `${target.detail}${target.queue_place > 1 ? `, ${target.queue_place}. in the queue` : ""}`,
    ),
    ...(sheet.inputs.length > 0
      ? [
          heading("inputs"),
          ...sheet.inputs.map((input) => line(`$(symbol-parameter) ${input.name}`, `${input.value}  ${input.note}`)),
        ]
      : []),
    ...(sheet.notices.length > 0 ? [heading("notices"), ...sheet.notices.map((words) => line("$(info)", words))] : []),
  ];
}

async function showFiles(sheet: Preflight): Promise<void> {
  const { code } = sheet;
  const text = [
    `# What ${sheet.display_name} sends: ${count(code.files, "file")}, ${size(code.bytes)}`,
    "",
    "## Largest files",
    ...code.largest.map((file) => `${size(file.bytes).padStart(10)}  ${file.path}`),
    "",
    `## Skipped (${code.skipped_count})`,
    ...code.skipped.map((skip) => `${skip.path}  —  ${skip.rule}`),
    "",
    "## Sent, though a parent's ignore file names them",
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
  for (const { answer, question } of sheet.needs) {
    const yes = await vscode.window.showWarningMessage(question, { modal: true }, "Send");
    if (yes !== "Send") return { submit: false };
    given[answer] = true;
  }
  return { submit: true, answers: given };
}

function rules(skips: readonly { rule: string }[]): string {
  return [...new Set(skips.map(({ rule }) => rule))].slice(0, 3).join(" · ");
}

function count(many: number, what: string): string {
  return `${many.toLocaleString("en")} ${what}${many === 1 ? "" : "s"}`;
}

function size(bytes: number): string {
  return bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1e3).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;
}
