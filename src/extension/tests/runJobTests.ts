import * as vscode from "vscode";
import { CodedError, messageOf } from "#base/errors.ts";
import type { Checked, CheckedProblem } from "#contract/languageServer.ts";
import { debugType } from "../debug/jobConfiguration.ts";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { Session } from "../session.ts";
import { runToEnd } from "../submit/runToEnd.ts";
import type { JobTest } from "./jobTest.ts";

interface TestsToRun {
  session: Session;
  server: LanguageServer;
  run: vscode.TestRun;
  tests: ReadonlyMap<vscode.TestItem, JobTest>;
  /** The programs of smoke runs wait for the debugger, which is attached. */
  debug: boolean;
  token: vscode.CancellationToken;
}

type Result = { passed: true } | { passed: false; messages: vscode.TestMessage[] };

const debugWaitSeconds = 30;

/** Runs one test after another. A smoke run is a job like any other; canceling the test cancels it. */
export async function runJobTests(options: TestsToRun): Promise<void> {
  const { run, tests, token } = options;
  for (const item of tests.keys()) run.enqueued(item);
  for (const [item, test] of tests) {
    if (token.isCancellationRequested) {
      run.skipped(item);
      continue;
    }
    run.started(item);
    const begun = performance.now();
    try {
      const result = test.kind === "validate" ? await validate(item, test, options) : await smoke(item, test, options);
      const milliseconds = performance.now() - begun;
      if (token.isCancellationRequested) run.skipped(item);
      else if (result.passed) run.passed(item, milliseconds);
      else run.failed(item, result.messages, milliseconds);
    } catch (thrown) {
      if (token.isCancellationRequested) run.skipped(item);
      else run.errored(item, new vscode.TestMessage(wordsOf(thrown)), performance.now() - begun);
    }
  }
  run.end();
}

async function validate(item: vscode.TestItem, { uri }: JobTest, { server, run }: TestsToRun): Promise<Result> {
  return resultOf(await server.check(uri, []), item, uri, run);
}

/** Warnings are output, errors are messages at their place. */
function resultOf(checked: Checked, item: vscode.TestItem, uri: vscode.Uri, run: vscode.TestRun): Result {
  for (const problem of checked.problems) {
    const { line, column, severity, message, code } = problem;
    const place = problem.inFlag ? "--set" : `${line}:${column}`;
    run.appendOutput(
      `${uri.fsPath}:${place}: ${severity}: ${message} [${code}]\r\n`,
      problem.inFlag ? undefined : placeOf(problem, uri),
      item,
    );
  }
  if (checked.valid) return { passed: true };
  const errors = checked.problems.filter(({ severity }) => severity === "error");
  const messages = errors.map((problem) =>
    messageAt(problem.message, problem.inFlag ? undefined : placeOf(problem, uri)),
  );
  return { passed: false, messages };
}

async function smoke(item: vscode.TestItem, test: JobTest & { kind: "smoke" }, options: TestsToRun): Promise<Result> {
  const { session, server, run, debug, token } = options;
  const checked = resultOf(await server.check(test.uri, test.pairs), item, test.uri, run);
  if (!checked.passed) return checked;
  const end = new AbortController();
  const canceling = token.onCancellationRequested(() => end.abort());
  const output = {
    say: (line: string) => run.appendOutput(`\u001b[2m${line}\u001b[22m\r\n`, undefined, item),
    print: (text: string) => run.appendOutput(text.replace(/\r?\n/g, "\r\n"), undefined, item),
    submitted: ({ name }: { name: string }) => {
      if (debug) void attach(name, test.uri, run);
    },
  };
  const request = { uri: test.uri, overrides: test.pairs, ...(debug ? { debugWaitSeconds } : {}) };
  try {
    const { job, place } = await runToEnd(request, { session, output, signal: end.signal });
    output.say(vscode.l10n.t("Job {0}: {1}", job.name, job.status));
    if (job.status === "Completed") return { passed: true };
    const words = job.error?.message ?? vscode.l10n.t("The job {0} ended as {1}.", job.name, job.status);
    const location = place && new vscode.Location(vscode.Uri.file(place.file), new vscode.Position(place.line - 1, 0));
    return { passed: false, messages: [messageAt(words, location)] };
  } finally {
    canceling.dispose();
  }
}

/** The job was started with `debug`, so its programs wait for us; the session ends with the job. */
async function attach(job: string, uri: vscode.Uri, run: vscode.TestRun): Promise<void> {
  await vscode.debug.startDebugging(
    vscode.workspace.getWorkspaceFolder(uri),
    { type: debugType, request: "attach", name: vscode.l10n.t("Smoke run {0}", job), job },
    { testRun: run },
  );
}

function placeOf({ line, column, endLine, endColumn }: CheckedProblem, uri: vscode.Uri): vscode.Location {
  return new vscode.Location(uri, new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1));
}

function messageAt(words: string, location: vscode.Location | undefined): vscode.TestMessage {
  const message = new vscode.TestMessage(words);
  if (location) message.location = location;
  return message;
}

function wordsOf(thrown: unknown): string {
  return thrown instanceof CodedError ? [thrown.message, thrown.next].filter(Boolean).join(" ") : messageOf(thrown);
}
