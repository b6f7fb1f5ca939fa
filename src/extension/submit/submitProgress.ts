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
  return withProgress(isMuch, vscode.l10n.t("Submitting {0}", sheet.display_name), async (reporter) => {
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
  let shown: Shown | undefined;
  const hide = (): void => {
    shown?.end();
    shown = undefined;
  };
  const following = session.onEvent((event) => {
    if (event.type === "job" && event.job.name === job.name) {
      if (event.job.status !== "Running" && !isTerminal(event.job.status)) return;
      following.dispose();
      hide();
    }
    if (event.type !== "progress" || event.subject !== job.name) return;
    if (event.progress === null) return hide();
    shown ??= show(!sheet.environment.cached, vscode.l10n.t("Preparing {0}", job.display_name), job.name);
    shown.onEvent(event);
  });
}

interface Shown {
  onEvent: (event: EngineEvent) => void;
  end: () => void;
}

/** Progress that ends when it is told to, also before VS Code has come to show it. */
function show(asNotification: boolean, title: string, subject: string): Shown {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const shown: Shown = { onEvent: () => undefined, end };
  void withProgress(asNotification, title, (reporter) => {
    shown.onEvent = reportTo(reporter, subject);
    return ended;
  });
  return shown;
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
