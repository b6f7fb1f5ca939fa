import * as vscode from "vscode";
import { CodedError, messageOf } from "#base/errors.ts";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { Session } from "../session.ts";
import { runToEnd, type RunEnd } from "../submit/runToEnd.ts";
import type { SlipwayTask } from "./taskDefinition.ts";
import type { TaskOutput } from "./taskTerminal.ts";
import { validateTask } from "./validateTask.ts";

interface RunWork {
  task: SlipwayTask;
  file: vscode.Uri;
  session: Session;
  server: LanguageServer;
  output: TaskOutput;
  signal: AbortSignal;
}

/**
 * Submits the file and follows the job. The exit code is the program's own; 1 for what failed elsewhere or was canceled.
 * Problems of the file stop it before anything is sent.
 */
export async function runTask({ task, file, session, server, output, signal }: RunWork): Promise<number> {
  const isScript = file.path.endsWith(".py");
  if (!isScript && (await validateTask({ task, file, server, output })) !== 0) return 1;
  const request = {
    uri: file,
    overrides: task.overrides,
    workspace: task.workspace,
    python: task.python,
    answers: {
      allow_home: task.allowHome,
      allow_secrets: task.allowSecrets,
      skip_parent_ignored: task.skipParentIgnored,
    },
  };
  try {
    return tellEnd(await runToEnd(request, { session, output, signal }), output);
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    output.line([messageOf(thrown), thrown.next].filter(Boolean).join(" "));
    return 1;
  }
}

/** Says how the job ended, with the user's own line in the words of a traceback, and the exit code. */
function tellEnd({ job, place }: RunEnd, output: TaskOutput): number {
  output.say(vscode.l10n.t("Job {0}: {1}", job.name, job.status));
  if (job.status === "Completed") return 0;
  if (place) output.line(`  File "${place.file}", line ${place.line}`);
  if (job.error) output.line(job.error.message);
  // A program may end with 0 and the job fail all the same.
  return job.exit_code || 1;
}
