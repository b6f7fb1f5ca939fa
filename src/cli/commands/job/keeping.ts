import type { ChangedJobs } from "#contract/routes/keeping.ts";
import { jobStatuses, type JobStatus } from "#contract/entities/jobStatus.ts";
import { slipwayError } from "#contract/errors.ts";
import { size } from "#client/progressText.ts";
import type { Context } from "../../context.ts";
import { command } from "../../parse/command.ts";
import { dryRun, flag, requiredText, text, words } from "../../parse/options.ts";
import { UsageError } from "../../parse/usageError.ts";
import { ask, canAsk } from "../../terminal/ask.ts";

const names = words(["--name", "-n"], "Names of the jobs or runs.");
const mostNamed = 20;

export const remove = command({
  summary: "Delete jobs and runs; `restore` takes it back until they are collected.",
  details:
    "Runs that are nested in them go along. `slipway gc` frees the space once they have been deleted for 30 days, or for as many as its --deleted-days says.",
  options: {
    names,
    yes: flag(["--yes", "-y"], "Do not ask."),
    dryRun: flag("--dry-run", "Say what would be deleted and the bytes, and delete nothing."),
  },
  run: async (context, options) => {
    const wanted = given(options.names);
    const client = await context.client();
    const params = { workspace: await context.workspace() };
    const planned = await client.deleteJobs({ params, body: { names: wanted, dry_run: true } });
    if (options.dryRun) return { value: planned };
    mustBeThere(planned, params.workspace);
    const count = planned.jobs.filter(({ result }) => result === "deleted").length;
    if (count > 0 && !options.yes && canAsk()) {
      const nested = planned.nested > 0 ? ` and ${planned.nested} runs nested in them` : "";
      if (!(await ask(`Delete ${count} jobs${nested}? Collecting them frees ${size(planned.bytes)}.`))) {
        context.notice("Nothing was deleted.");
        return { exitCode: 1 };
      }
    }
    const done = await client.deleteJobs({ params, body: { names: wanted } });
    tell(context, done);
    context.notice(
      `Collecting them will free ${size(done.bytes)}. \`slipway job restore -n NAME\` takes it back until then.`,
    );
    return { value: done, exitCode: done.jobs.some(({ result }) => result === "not-over") ? 1 : 0 };
  },
});

export const restore = command({
  summary: "Bring back jobs that are archived or deleted.",
  options: { names, dryRun },
  run: async (context, options) => {
    const client = await context.client();
    const params = { workspace: await context.workspace() };
    const done = await client.restoreJobs({ params, body: { names: given(options.names) } });
    mustBeThere(done, params.workspace);
    return undefined;
  },
});

export const purge = command({
  summary: "Delete all jobs and runs that ended some time ago.",
  details:
    "What is pinned (a tag `pinned`), has made a registered asset, or was used by a job that stays is kept, and named with the reason. They can be restored until `slipway gc` collects them.",
  options: {
    olderThan: requiredText("--older-than", "How long ago they ended: `30d`, `12h`, `4w`.", { placeholder: "AGE" }),
    experiment: text(["--experiment", "--experiment-name"], "Only of this experiment."),
    status: words("--status", "Only with one of these statuses.", { choices: jobStatuses }),
    yes: flag(["--yes", "-y"], "Do not ask."),
    dryRun: flag("--dry-run", "Say what would be deleted and the bytes, and delete nothing."),
  },
  run: async (context, options) => {
    const body = {
      older_than_days: daysOf(options.olderThan),
      ...(options.experiment === undefined ? {} : { experiment_name: options.experiment }),
      status: statusesOf(options.status),
    };
    const client = await context.client();
    const params = { workspace: await context.workspace() };
    const planned = await client.purgeJobs({ params, body: { ...body, dry_run: true } });
    const what = `${planned.jobs.length} jobs${planned.nested > 0 ? ` and ${planned.nested} nested runs` : ""}`;
    const kept = () => {
      for (const { name, reason } of planned.kept) context.notice(`${name} stays: ${reason}.`);
    };
    if (options.dryRun || planned.jobs.length === 0) {
      kept();
      context.notice(
        planned.jobs.length === 0 ? "There is nothing to delete." : `Would delete ${what}, ${size(planned.bytes)}.`,
      );
      return { value: planned };
    }
    if (!options.yes && canAsk() && !(await ask(`Delete ${what}? Collecting them frees ${size(planned.bytes)}.`))) {
      context.notice("Nothing was deleted.");
      return { exitCode: 1 };
    }
    const done = await client.purgeJobs({ params, body });
    kept();
    context.notice(
      `Deleted ${what}. \`slipway gc\` frees ${size(done.bytes)} when they have been deleted for 30 days; \`slipway gc --deleted-days 0\` does it now.`,
    );
    return { value: done };
  },
});

function given(wanted: string[]): string[] {
  if (wanted.length === 0) throw new UsageError("the following arguments are required: --name/-n");
  return [...new Set(wanted)];
}

/** One that is not there is a mistake in the command, and nothing is done then. */
function mustBeThere({ jobs }: ChangedJobs, workspace: string): void {
  const missing = jobs.filter(({ result }) => result === "not-found").map(({ name }) => name);
  if (missing.length === 0) return;
  throw slipwayError("not-found", `There is no job ${missing.join(", ")} in the workspace ${workspace}.`, {
    next: "`slipway job list --include-archived` shows those that are there.",
  });
}

function tell(context: Context, { jobs, kept }: ChangedJobs): void {
  for (const { name, result } of jobs.slice(0, mostNamed)) {
    if (result === "not-over")
      context.notice(`${name} is not over and was not deleted. Cancel it first: \`slipway job cancel -n ${name}\`.`);
    if (result === "unchanged") context.notice(`${name} was deleted before.`);
  }
  for (const { name, reason } of kept) context.notice(`${name} is not collected as long as this is so: ${reason}.`);
}

const ages: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7 };

/** Throws a usage error for what is no age. */
function daysOf(age: string): number {
  const [, amount, unit = "d"] = /^(\d+(?:\.\d+)?)([hdw])?$/.exec(age) ?? [];
  if (amount === undefined) throw new UsageError(`argument --older-than: ${age} is no age such as 30d, 12h or 4w`);
  return Number(amount) * (ages[unit] ?? 1);
}

function statusesOf(statuses: string[]): JobStatus[] {
  const wrong = statuses.find((status) => !(jobStatuses as readonly string[]).includes(status));
  if (wrong !== undefined) {
    throw new UsageError(`argument --status: invalid choice: '${wrong}' (choose from ${jobStatuses.join(", ")})`);
  }
  return statuses as JobStatus[];
}
