import { followJob } from "#client/followJob.ts";
import { forStream, TerminalText } from "#client/terminalText.ts";
import type { Job } from "#contract/entities/job.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Context } from "../../context.ts";
import { followProgress } from "../../terminal/followProgress.ts";
import { ProgressLine } from "../../terminal/progress.ts";

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
  context.notice(`RunId: ${options.name}`);
  const first = await client.showJob({ params }, { signal });
  if (first.type === "base") throw withoutLog(first);
  for await (const step of followJob(client, params, { signal })) {
    if (step.type === "looked") {
      // A terminal shows what is waited for.
      const { status, queue_place: place } = step.job;
      line.setWaiting(`${status}${place === null ? "" : `, place ${place} in the queue`}`);
      continue;
    }
    line.setWaiting("");
    if (step.type === "ended") {
      summarise(context, step.job);
      return step.job;
    }
    line.above("\n");
    context.notice(`Streaming ${step.path}`);
    const out = step.isProgram ? options.out : process.stderr;
    // A program's output could set titles, links or the clipboard of a terminal; a file gets it byte for byte.
    const text = out.isTTY ? new TerminalText() : undefined;
    for await (const chunk of step.bytes) {
      const piece = text ? text.push(chunk) : chunk;
      line.above(piece);
      await write(out, piece);
    }
    if (text) await write(out, text.end());
  }
  throw new Detached();
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
