import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type * as z from "zod";
import type { Job } from "#contract/entities/job.ts";
import type { Answers, SubmitJob } from "#contract/entities/submit.ts";
import type { Session } from "../session.ts";
import { setting } from "../vscode/settings.ts";
import { chosenInterpreter } from "./interpreter.ts";
import { chosenRuntime } from "./runtime.ts";
import { needsDecision, showSheet } from "./sheet.ts";
import { showPreparation, withSubmitProgress } from "./submitProgress.ts";

const noAnswers: Answers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };

/**
 * ▶: saves the file, shows the sheet and submits. Returns the job, or undefined when the user chose not to.
 * Throws what the engine says of an invalid document.
 */
export async function submitFile(
  uri: vscode.Uri,
  session: Session,
  debugging: { debug?: true; debug_wait_s?: number } = {},
): Promise<Job | undefined> {
  requireTrust();
  await saveIfOpen(uri);
  const python = await chosenInterpreter(uri);
  const source = { file: uri.fsPath, overrides: [] };
  return submitRequest({ source, ...(python ? { python } : {}), ...chosenRuntime(uri), ...debugging }, session);
}

/** Shows the sheet of a request and submits it. Returns the job, or undefined when the user chose not to. */
export async function submitRequest(
  { debug, debug_wait_s, ...request }: Omit<z.input<typeof SubmitJob>, "answers">,
  session: Session,
): Promise<Job | undefined> {
  requireTrust();
  const client = await session.client();
  // Made before the sheet, so that it shows the name that the job will have.
  const { jobNameFor } = await import("#client/jobName.ts");
  const name = request.name ?? (await jobNameFor(request.source));
  const body = (answers: Answers) => ({ ...request, ...(name === undefined ? {} : { name }), answers });
  const debugging = {
    ...(debug === undefined ? {} : { debug }),
    ...(debug_wait_s === undefined ? {} : { debug_wait_s }),
  };
  let answers = noAnswers;
  for (;;) {
    const sheet = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Looking at what will be sent") },
      () => client.preflightJob({ params: { workspace: session.workspace }, body: body(answers) }),
    );
    const decision =
      setting("slipway.submit.sheet") === "always" || needsDecision(sheet)
        ? await showSheet(sheet, answers)
        : { submit: true, answers };
    if ("again" in decision) {
      answers = decision.again;
      continue;
    }
    if (!("answers" in decision)) return undefined;
    const operation = randomUUID();
    const job = await withSubmitProgress(session, { sheet, operation }, () =>
      client.submit(session.workspace, { ...body(decision.answers), ...debugging, operation }),
    );
    showPreparation(job, sheet, session);
    return job;
  }
}

function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(
    vscode.l10n.t(
      "Nothing runs from a folder in Restricted Mode. Trust the folder first (Workspaces: Manage Workspace Trust).",
    ),
  );
}

async function saveIfOpen(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty && !(await document.save())) throw new vscode.CancellationError();
}
