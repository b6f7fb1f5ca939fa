import * as vscode from "vscode";
import { progressText } from "#client/progressText.ts";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { Preflight } from "#contract/entities/submit.ts";
import type { EngineEvent } from "#contract/events.ts";
import type { Session } from "../session.ts";

type Reporter = vscode.Progress<{ message?: string; increment?: number }>;

/** More than this is worth a notification; less is over before it could be read. */
const manyBytes = 20_000_000;
const manyFiles = 2_000;

/** Submits, with the numbers that the terminal shows: in a notification for much code, else in the status bar. */
export function withSubmitProgress<T>(
  session: Session,
  { sheet, operation }: { sheet: Preflight; operation: string },
  submit: () => Promise<T>,
): Promise<T> {
  const isMuch = sheet.code.bytes > manyBytes || sheet.code.files > manyFiles;
  return withProgress(isMuch, `Submitting ${sheet.display_name}`, async (reporter) => {
    const following = session.onEvent(reportTo(reporter, operation));
    try {
      return await submit();
    } finally {
      following.dispose();
    }
  });
}

/** Shows how far the engine is with what a job needs, from the first word about it until the job runs or is over. */
export function showPreparation(job: Job, sheet: Preflight, session: Session): void {
  let over: () => void = () => undefined;
  let reporter: ((event: EngineEvent) => void) | undefined;
  const following = session.onEvent((event) => {
    if (event.type === "job" && event.job.name === job.name) {
      if (event.job.status !== "Running" && !isTerminal(event.job.status)) return;
      following.dispose();
      return over();
    }
    if (event.type !== "progress" || event.subject !== job.name) return;
    if (event.progress !== null && reporter === undefined) {
      void withProgress(!sheet.environment.cached, `Preparing ${job.display_name}`, (progress) => {
        reporter = reportTo(progress, job.name);
        return new Promise<void>((resolve) => (over = resolve));
      });
    }
    if (event.progress === null) {
      over();
      reporter = undefined;
    }
    reporter?.(event);
  });
}

function withProgress<T>(asNotification: boolean, title: string, work: (reporter: Reporter) => Promise<T>): Promise<T> {
  const location = asNotification ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
  return Promise.resolve(vscode.window.withProgress({ location, title }, work));
}

function reportTo(reporter: Reporter, subject: string): (event: EngineEvent) => void {
  let shown = 0;
  return (event) => {
    if (event.type !== "progress" || event.subject !== subject || event.progress === null) return;
    const { text, share } = progressText(event.progress);
    const now = Math.max(shown, Math.floor((share ?? 0) * 100));
    // A bar in VS Code only grows; the words say what is true of the present step.
    reporter.report({ message: text, increment: now - shown });
    shown = now;
  };
}
