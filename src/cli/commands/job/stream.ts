import { setTimeout as delay } from "node:timers/promises";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { Context } from "../../context.ts";

const waitMs = 150;

export interface StreamOptions {
  workspace: string;
  name: string;
  /** Where the program's output goes, byte for byte. All else goes to standard error. */
  out: NodeJS.WritableStream;
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
  try {
    return await follow(context, options, end.signal);
  } catch (thrown) {
    if (!end.signal.aborted) throw thrown;
    context.notice(
      `\nNo longer streaming; the job goes on. \`slipway job stream -n ${options.name}\` shows it again, \`slipway job cancel -n ${options.name}\` ends it.`,
    );
    return undefined;
  } finally {
    process.removeListener("SIGINT", detach);
  }
}

async function follow(context: Context, options: StreamOptions, signal: AbortSignal): Promise<Job> {
  const client = await context.client();
  const params = { workspace: options.workspace, name: options.name };
  const streamed = new Set<string>();
  let status = "";
  context.notice(`RunId: ${options.name}`);
  for (;;) {
    const job = await client.showJob({ params }, { signal });
    if (job.status !== status) context.detail(`Status: ${job.status}`);
    status = job.status;
    const next = job.log_files.find(({ path }) => !streamed.has(path) && isStreamed(path));
    if (next) {
      streamed.add(next.path);
      context.notice(`Streaming ${next.path}`);
      const out = isProgramLog(next.path) ? options.out : process.stderr;
      for await (const chunk of client.followLog({ ...params, path: next.path }, { signal })) await write(out, chunk);
    } else if (isTerminal(job.status)) {
      summarise(context, job);
      return job;
    } else {
      await delay(waitMs, undefined, { signal });
    }
  }
}

/** Of several ranks the first stands for all; the others' logs are files of the job. */
function isStreamed(path: string): boolean {
  return !/std_log_process_[1-9]\d*\./.test(path);
}

function isProgramLog(path: string): boolean {
  return /std_log/.test(path);
}

/** Waits while a slow reader's pipe is full, so that memory stays flat. */
function write(out: NodeJS.WritableStream, chunk: Buffer): Promise<void> {
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
  if (job.error) process.stderr.write(`${errorLines(job.error).join("\n")}\n`);
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
