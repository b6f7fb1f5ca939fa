import { jobStatuses, type JobStatus } from "#contract/entities/jobStatus.ts";
import { jobColumns, toAzureJob, toAzureSummary } from "../../azure/job.ts";
import { command } from "../../parse/command.ts";
import { dryRun, flag, number, requiredText, text } from "../../parse/options.ts";
import { showPage } from "./create.ts";
import { streamExitCode, streamJob } from "./stream.ts";

const pageSize = 1000;

export const jobName = requiredText(["--name", "-n"], "The job's name.");

export const show = command({
  summary: "Show one job.",
  options: { name: jobName, web: flag(["--web", "-e"], "Open the job's page.") },
  run: async (context, { name, web }) => {
    const client = await context.client();
    const job = await client.showJob({ params: { workspace: await context.workspace(), name } });
    if (web) showPage(context, job.services["Studio"]?.endpoint);
    return { value: toAzureJob(job) };
  },
});

export const list = command({
  summary: "List jobs, the newest first.",
  options: {
    maxResults: number(["--max-results", "-r"], "At most so many; all when not given."),
    parentJobName: text(["--parent-job-name", "-p"], "Only the children of this job."),
    status: text("--status", "Only jobs of this status.", { choices: jobStatuses }),
    experimentName: text("--experiment-name", "Only jobs of this experiment."),
    tag: text(["--tag", "-t"], "Only jobs with this tag: `key` or `key=value`."),
    includeArchived: flag("--include-archived", "Archived jobs too."),
    archivedOnly: flag("--archived-only", "Archived jobs only."),
  },
  run: async (context, options) => {
    const client = await context.client();
    const params = { workspace: await context.workspace() };
    const archived = options.archivedOnly ? "only" : options.includeArchived ? "include" : "exclude";
    const jobs: Record<string, unknown>[] = [];
    const wanted = options.maxResults ?? Infinity;
    for (let token: string | null | undefined; jobs.length < wanted && token !== null;) {
      const page = await client.listJobs({
        params,
        query: {
          max_results: options.tag === undefined ? Math.min(wanted - jobs.length, pageSize) : pageSize,
          archived,
          page_token: token,
          parent_job_name: options.parentJobName,
          experiment_name: options.experimentName,
          status: options.status === undefined ? undefined : [options.status as JobStatus],
        },
      });
      const fitting = page.jobs.filter(({ tags }) => hasTag(tags, options.tag));
      jobs.push(...fitting.slice(0, wanted - jobs.length).map(toAzureSummary));
      token = page.next_page_token;
    }
    return { value: jobs, columns: jobColumns };
  },
});

function hasTag(tags: Record<string, string>, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const [key = "", ...value] = wanted.split("=");
  return Object.hasOwn(tags, key) && (value.length === 0 || tags[key] === value.join("="));
}

export const stream = command({
  summary: "Follow a job's log to its end.",
  details:
    "The program's output goes to standard output byte for byte, all else to standard error. Exit code 0 only when the job completed. Ctrl-C ends the stream, not the job.",
  options: { name: jobName },
  run: async (context, { name }) => {
    const job = await streamJob(context, { workspace: await context.workspace(), name, out: process.stdout });
    return { exitCode: streamExitCode(job) };
  },
});

export const cancel = command({
  summary: "Ask a job to stop.",
  options: {
    name: jobName,
    noWait: flag("--no-wait", "Accepted for scripts written for az; cancelling never waits."),
    dryRun,
  },
  run: async (context, { name }) => {
    const client = await context.client();
    await client.cancelJob({ params: { workspace: await context.workspace(), name } });
    return undefined;
  },
});
