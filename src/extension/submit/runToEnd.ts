import * as vscode from "vscode";
import type { SlipwayClient } from "#client/index.ts";
import { followJob } from "#client/followJob.ts";
import { TerminalText } from "#client/terminalText.ts";
import type { Job } from "#contract/entities/job.ts";
import type { Answers, Preflight } from "#contract/entities/submit.ts";
import { ownPlace } from "../jobs/ownPlace.ts";
import type { Session } from "../session.ts";
import { chosenInterpreter } from "./interpreter.ts";
import { chosenRuntime } from "./runtime.ts";

export interface RunRequest {
  uri: vscode.Uri;
  overrides: readonly string[];
  answers?: Partial<Answers>;
  /** The one that the views show when left out. */
  workspace?: string | undefined;
  python?: string | undefined;
  /** Its Python programs wait so many seconds for a debugger. */
  debugWaitSeconds?: number;
}

/** Who listens to a run. Text is safe for a terminal and has its line ends. */
export interface RunOutput {
  /** A line of ours. */
  say: (line: string) => void;
  /** What the job's programs and the builder of its environment print; only colours pass of their escape sequences. */
  print: (text: string) => void;
  /** The job is there. */
  submitted?: (job: Job) => void;
}

/** How a run ended; for a failed one the user's own line, where that is known. */
export interface RunEnd {
  job: Job;
  place: { file: string; line: number } | undefined;
}

/**
 * Submits without a sheet and follows the job to its end. An abort cancels the job, and the end that comes of it is returned
 * as any. Throws what the engine says of an invalid document, and when something would have to be asked.
 */
export async function runToEnd(
  request: RunRequest,
  { session, output, signal }: { session: Session; output: RunOutput; signal: AbortSignal },
): Promise<RunEnd> {
  if (!vscode.workspace.isTrusted)
    throw new Error(
      vscode.l10n.t(
        "Nothing runs from a folder in Restricted Mode. Trust the folder first (Workspaces: Manage Workspace Trust).",
      ),
    );
  const client = await session.client();
  const workspace = request.workspace ?? session.workspace;
  const answers: Answers = { allow_home: false, allow_secrets: false, skip_parent_ignored: false, ...request.answers };
  const python = request.python ?? (await chosenInterpreter(request.uri));
  const body = {
    source: { file: request.uri.fsPath, overrides: [...request.overrides] },
    answers,
    ...(python ? { python } : {}),
    ...chosenRuntime(request.uri),
  };
  const sheet = await client.preflightJob({ params: { workspace }, body }, { signal });
  for (const line of linesOf(sheet)) output.say(line);
  const unanswered = sheet.needs.find(({ answer }) => !answers[answer]);
  if (unanswered) {
    const key = unanswered.answer === "allow_home" ? "allowHome" : "allowSecrets";
    throw new Error(vscode.l10n.t('{0} Say yes with "{1}": true, or add to .amlignore.', unanswered.question, key));
  }
  signal.throwIfAborted();
  const debugging =
    request.debugWaitSeconds === undefined ? {} : { debug: true, debug_wait_s: request.debugWaitSeconds };
  // Not under the signal: a submit that was cut off may still have made the job, and then nobody would cancel it.
  const submitted = await client.submit(workspace, { ...body, ...debugging });
  output.say(vscode.l10n.t("Job {0} was submitted.", submitted.name));
  output.submitted?.(submitted);
  const params = { workspace, name: submitted.name };
  const cancel = (): void => {
    output.say(vscode.l10n.t("Canceling job {0}.", submitted.name));
    client.cancelJob({ params }).catch((thrown: unknown) => output.say(String(thrown)));
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel, { once: true });
  try {
    const job = await follow(client, params, output);
    return { job, place: await failurePlace(client, params, job) };
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function follow(
  client: SlipwayClient,
  params: { workspace: string; name: string },
  output: RunOutput,
): Promise<Job> {
  let shown = "";
  for await (const step of followJob(client, params)) {
    if (step.type === "ended") return step.job;
    if (step.type === "looked") {
      if (step.job.status !== shown) output.say((shown = step.job.status));
      continue;
    }
    output.say(step.path);
    const text = new TerminalText();
    for await (const bytes of step.bytes) output.print(text.push(bytes));
    output.print(text.end());
  }
  throw new Error(vscode.l10n.t("A job is followed until it has ended."));
}

async function failurePlace(
  client: SlipwayClient,
  params: { workspace: string; name: string },
  { error }: Job,
): Promise<RunEnd["place"]> {
  if (!error?.location) return undefined;
  const { own } = await ownPlace(client, params, error.location.file);
  return own === undefined ? undefined : { file: own, line: error.location.line };
}

function linesOf({ display_name: name, code, environment, target, notices, refusals }: Preflight): string[] {
  return [
    vscode.l10n.t("{0}: {1} files, environment {2}, on {3}", name, code.files, environment.label, target.name),
    ...environment.report,
    ...notices,
    ...refusals,
  ];
}
