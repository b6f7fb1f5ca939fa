import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Context } from "../../context.ts";
import { followProgress } from "../../terminal/followProgress.ts";
import { ProgressLine } from "../../terminal/progress.ts";
import { forStream, TerminalText } from "../../terminal/terminalText.ts";

const waitMs = 150;

export interface StreamOptions {
  workspace: string;
  name: string;
  /** Where the program's output goes, byte for byte. All else goes to standard error. */
  out: NodeJS.WriteStream;
}

/** Raised by Ctrl-C during a stream: the job goes on. */
class Detached extends Error {}

/**
 * Follows a job's logs until it is over, through engine restarts, and returns the job as it ended. Undefined when the
 * person detached with Ctrl-C.
 */
export async function streamJob(context: Context, options: StreamOptions): Promise<Job | undefined> {
  const end = new AbortController();
  const detach = (): void => end.abort(new Detached());
  process.once("SIGINT", detach);
  const line = new ProgressLine({ enabled: context.interactive });
  const work = { workspace: options.workspace, subject: options.name, otherwise: "" };
  const following = await followProgress(context, line, work);
  try {
    return await follow(context, options, end.signal, line).finally(() => line.dispose());
  } catch (thrown) {
    if (!end.signal.aborted) throw thrown;
    context.notice(
      `\nNo longer streaming; the job goes on. \`slipway job stream -n ${options.name}\` shows it again, \`slipway job cancel -n ${options.name}\` ends it.`,
    );
    return undefined;
  } finally {
    await following.dispose();
    process.removeListener("SIGINT", detach);
  }
}

async function follow(context: Context, options: StreamOptions, signal: AbortSignal, line: ProgressLine): Promise<Job> {
  const client = await context.client();
  const params = { workspace: options.workspace, name: options.name };
  const streamed = new Set<string>();
  context.notice(`RunId: ${options.name}`);
  for (;;) {
    const { job, path } = await untilNextLog(context, params, streamed, { signal, line });
    if (path === undefined) {
      summarise(context, job);
      return job;
    }
    streamed.add(path);
    line.above("\n");
    context.notice(`Streaming ${path}`);
    const out = isProgramLog(path) ? options.out : process.stderr;
    // A program's output could set titles, links or the clipboard of a terminal; a file gets it byte for byte.
    const text = out.isTTY ? new TerminalText() : undefined;
    for await (const chunk of client.followLog({ ...params, path }, { signal })) {
      const piece = text ? text.push(chunk) : chunk;
      line.above(piece);
      await write(out, piece);
    }
    if (text) await write(out, text.end());
  }
}

/** Waits for a log that was not streamed yet, or for the end of the job. A terminal shows what is waited for. */
async function untilNextLog(
  context: Context,
  params: { workspace: string; name: string },
  streamed: ReadonlySet<string>,
  { signal, line }: { signal: AbortSignal; line: ProgressLine },
): Promise<{ job: Job; path: string | undefined }> {
  const client = await context.client();
  for (;;) {
    const job = await client.showJob({ params }, { signal });
    if (job.type === "base") throw withoutLog(job);
    const next = job.log_files.find(({ path }) => !streamed.has(path) && isStreamed(path));
    if (next || isTerminal(job.status)) {
      line.setWaiting("");
      return { job, path: next?.path };
    }
    const place = job.queue_place === null ? "" : `, place ${job.queue_place} in the queue`;
    line.setWaiting(`${job.status}${place}`);
    await delay(waitMs, undefined, { signal });
  }
}

/** A run that Slipway did not start prints where its program runs. */
function withoutLog({ name, parent_job_name: parent }: Job): Error {
  if (parent !== null) {
    return slipwayError("conflict", `${name} is a run inside of ${parent} and has no log of its own.`, {
      next: `\`slipway job stream -n ${parent}\` shows what its program prints, \`slipway job show -n ${name}\` the run.`,
    });
  }
  return slipwayError("conflict", `The run ${name} was not started by Slipway, so there is no log to stream.`, {
    next: `Its output is where its program runs; \`slipway job show -n ${name}\` shows the run.`,
  });
}

/** Of several ranks the first stands for all; the others' logs are files of the job. */
function isStreamed(path: string): boolean {
  return !/std_log_process_[1-9]\d*\./.test(path);
}

function isProgramLog(path: string): boolean {
  return /std_log/.test(path);
}

/** Waits while a slow reader's pipe is full, so that memory stays flat. */
function write(out: NodeJS.WriteStream, chunk: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (out.write(chunk, (failure) => failure && reject(failure))) resolve();
    else out.once("drain", resolve);
  });
}

function summarise(context: Context, job: Job): void {
  context.notice("\nExecution Summary\n=================");
  context.notice(`RunId: ${job.name}`);
  context.notice(`Status: ${job.status}`);
  const page = job.services["Studio"]?.endpoint;
  if (page) context.notice(`Web View: ${page}`);
  if (job.error) process.stderr.write(forStream(process.stderr, `${errorLines(job.error).join("\n")}\n`));
  for (const warning of job.warnings) context.notice(`Warning: ${warning}`);
}

function errorLines(error: NonNullable<Job["error"]>): string[] {
  const place = error.location ? [`at ${error.location.file}:${error.location.line}`] : [];
  return [`ERROR: ${error.message}`, ...place, ...(error.fix ? [error.fix.title] : [])];
}

/** 0 only for a job that completed; 130 when the person detached. */
export function streamExitCode(job: Job | undefined): number {
  if (!job) return 130;
  return job.status === "Completed" ? 0 : 1;
}
