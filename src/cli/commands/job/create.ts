import { randomUUID } from "node:crypto";
import { basename, resolve } from "node:path";
import type { SlipwayClient } from "#client/client.ts";
import type { Job } from "#contract/entities/job.ts";
import type * as z from "zod";
import { slipwayError } from "#contract/errors.ts";
import type { Answers, CloneOf, Preflight, SubmitJob } from "#contract/entities/submit.ts";
import { toAzureJob } from "../../azure/job.ts";
import type { Context } from "../../context.ts";
import { command } from "../../parse/command.ts";
import { flag, number, text, words } from "../../parse/options.ts";
import { UsageError } from "../../parse/usageError.ts";
import { ask, canAsk } from "../../terminal/ask.ts";
import { openLink } from "../../terminal/openLink.ts";
import { withProgress } from "../../terminal/followProgress.ts";
import { sayHowToAttach } from "../../terminal/howToAttach.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { sheetLines } from "../../terminal/sheet.ts";
import { streamExitCode, streamJob } from "./stream.ts";

type Runtime = "auto" | "container" | "python";

export const create = command({
  summary: "Submit a job from its YAML file, or a plain Python script.",
  details:
    "Prints what will be sent and where it runs, then the job. With --stream it follows the job to its end. `--from NAME --set inputs.lr=0.1` makes a job of the record of another, with changes.",
  options: {
    file: text(["--file", "-f"], "The job's YAML file, or a .py script. Required unless --from names a job."),
    from: text("--from", "Make the job of the record of this one: its code, packages, inputs; --set changes them."),
    code: text("--code", "With --from: the code that was submitted then, or what its folder holds now.", {
      choices: ["snapshot", "folder"],
    }),
    name: text(["--name", "-n"], "The job's name; made up when neither this nor the file gives one."),
    set: words("--set", "Values to set in the document: `path.to.key=value`, lists by index."),
    stream: flag(["--stream", "-s"], "Follow the logs (on standard error) until the job is over."),
    web: flag(["--web", "-e"], "Open the job's page."),
    skipValidation: flag("--skip-validation", "Submit without showing the sheet first."),
    dryRun: flag("--dry-run", "Print the sheet and the normalised request, and submit nothing."),
    yes: flag(["--yes", "-y"], "Answer every question of the sheet with yes."),
    allowHome: flag("--allow-home", "Send a home folder or a file system's root as code."),
    allowSecrets: flag("--allow-secrets", "Send files that look like secrets."),
    skipParentIgnored: flag("--skip-parent-ignored", "Also skip what a parent folder's ignore file would skip."),
    runtime: text(
      "--runtime",
      "Where the program runs: in its environment's image (container), in a Python environment (python), or in the image where it is at hand (auto).",
      { choices: ["auto", "container", "python"] },
    ),
    debugger: flag("--debugger", "Its Python programs listen for a debugger from their first line."),
    debuggerWait: number(
      "--debugger-wait",
      "With --debugger: seconds that each program waits for one. None when left out.",
    ),
    python: text("--python", "Interpreter for a script or a job without an environment."),
  },
  run: async (context, values) => {
    checkSource(values);
    const client = await context.client();
    const workspace = await context.workspace();
    const { source, from } = await sourceOf(client, workspace, values);
    const request = {
      source: { ...source, overrides: values.set, directory: process.cwd() },
      ...(from === undefined ? {} : { from }),
      answers: {
        allow_home: values.allowHome || values.yes,
        allow_secrets: values.allowSecrets || values.yes,
        skip_parent_ignored: values.skipParentIgnored,
      },
      ...(values.runtime === undefined ? {} : { runtime: values.runtime as Runtime }),
      ...(values.python === undefined ? {} : { python: interpreter(values.python) }),
    };
    const debugging = values.debugger ? { debug: true, debug_wait_s: values.debuggerWait ?? 0 } : {};
    // Made before the sheet, so that it shows the name that the job will have; a dry run makes none.
    const name = values.name ?? (values.dryRun ? undefined : await madeName(request.source));
    if (!values.skipValidation || values.dryRun) {
      const sheet = await client.preflightJob({ params: { workspace }, body: { ...request, ...named(name) } });
      if (values.dryRun) {
        const { shownRequest } = await import("../../dryRun/plannedRequest.ts");
        const body = { ...request, ...debugging, ...named(name) };
        return {
          value: { ...sheet, request: shownRequest({ route: "submitJob", args: { params: { workspace }, body } }) },
        };
      }
      for (const line of sheetLines(sheet, basename(source.file))) context.notice(line);
      await answer(sheet, request.answers);
    }
    const job = await submitShown(context, client, workspace, {
      ...request,
      ...debugging,
      ...named(name),
    });
    if (values.debugger) sayHowToAttach(context, job.name);
    if (values.web) showPage(context, job.services["Studio"]?.endpoint);
    if (!values.stream) return { value: toAzureJob(job) };
    const ended = await streamJob(context, { workspace, name: job.name, out: process.stderr });
    return { value: ended && toAzureJob(ended), exitCode: streamExitCode(ended) };
  },
});

function checkSource({
  file,
  from,
  code,
  ...debugging
}: {
  file: string | undefined;
  from: string | undefined;
  code: string | undefined;
  debugger: boolean;
  debuggerWait: number | undefined;
}) {
  if (debugging.debuggerWait !== undefined && !debugging.debugger)
    throw new UsageError("--debugger-wait is for --debugger.");
  if (file === undefined && from === undefined) {
    throw new UsageError("the following arguments are required: --file/-f, or --from");
  }
  if (file !== undefined && from !== undefined) throw new UsageError("--file/-f and --from exclude each other.");
  if (from === undefined && code !== undefined) throw new UsageError("--code is for a job that is made with --from.");
}

/** A file as it is, or the job file that a record stands for; paths in `--set` are relative to where the person stands. */
async function sourceOf(
  client: SlipwayClient,
  workspace: string,
  { file, from: job, code }: { file: string | undefined; from: string | undefined; code: string | undefined },
): Promise<{ source: { file: string; text?: string }; from?: CloneOf }> {
  if (job === undefined) return { source: { file: resolve(file ?? "") } };
  const from = { job, code: code === "folder" ? ("folder" as const) : ("snapshot" as const) };
  const { yaml } = await client.cloneSource({ params: { workspace, name: job }, query: { code: from.code } });
  return { source: { file: resolve(`${job}.yml`), text: yaml }, from };
}

async function madeName(source: z.input<typeof SubmitJob>["source"]): Promise<string | undefined> {
  return (await import("#client/jobName.ts")).jobNameFor(source);
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

/** Submits with a bar. The name is made beforehand: who is interrupted is told where to look. */
async function submitShown(
  context: Context,
  client: SlipwayClient,
  workspace: string,
  body: z.input<typeof SubmitJob>,
): Promise<Job> {
  const { name } = body;
  const request = { ...body, operation: randomUUID() };
  const which = name ?? "NAME";
  return interruptible(
    (signal) =>
      withProgress(context, { workspace, operation: request.operation, title: "Submitting" }, () =>
        client.submit(workspace, request, { signal }),
      ),
    () =>
      `Interrupted while ${name === undefined ? "the job" : `the job ${name}`} was being submitted; the engine may still finish that. \`slipway job show -n ${which}\` tells whether it is there, \`slipway job cancel -n ${which}\` ends it, and the same command again submits it once.`,
  );
}

/** A path as the engine can find it; a bare name is looked up on the PATH. */
function interpreter(python: string): string {
  return python.includes("/") ? resolve(python) : python;
}

/** Gets the answers that the sheet needs from the person, or says which option gives them. */
async function answer(sheet: Preflight, answers: Answers): Promise<void> {
  for (const { answer: key, question } of sheet.needs) {
    if (answers[key]) continue;
    const option = `--${key.replace("_", "-")}`;
    if (!canAsk()) {
      throw slipwayError("needs-confirmation", question, { next: `Say yes with ${option}, or add to .amlignore.` });
    }
    if (!(await ask(question))) {
      throw slipwayError("needs-confirmation", "Nothing was submitted.", { next: `${option} says yes beforehand.` });
    }
    answers[key] = true;
  }
}

/** Opens a job's page, and prints where it is for terminals that cannot. */
export function showPage(context: Context, url: string | null | undefined): void {
  if (!url) return context.notice("This job has no page.");
  context.notice(`Web View: ${url}`);
  openLink(url);
}
