import { createJobName } from "#base/jobName.ts";
import { slipwayError } from "#contract/errors.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { Circumstance, Reproduction } from "#contract/routes/reproduce.ts";
import { toAzureJob } from "../../azure/job.ts";
import type { Context } from "../../context.ts";
import type { Column } from "../../output/table.ts";
import { command } from "../../parse/command.ts";
import { dryRun, flag, text } from "../../parse/options.ts";
import { UsageError } from "../../parse/usageError.ts";
import { streamExitCode, streamJob } from "./stream.ts";

/** Rows of a table are for reading; JSON holds everything. */
const mostRows = 200;

export const reproduce = command({
  summary: "Run a job again from its record, and say what became of it.",
  details:
    "Code by its snapshot, packages by their lock, data by content, and command, parameters, environment variables and resources as recorded. The new job bears the tag `slipway.reproduces`. With --stream it is followed to its end and compared: metrics point by point, outputs file by file, and what could not be held the same. Exit code 0 only when it completed.",
  positionals: { name: "name", help: "Name of the job; with --report, of the job or of its reproduction.", min: 0 },
  options: {
    name: text(["--name", "-n"], "The same as the name without an option."),
    newName: text("--new-name", "Name of the new job; made up when not given."),
    stream: flag(["--stream", "-s"], "Follow the logs (on standard error), and print the report at the end."),
    dryRun,
    report: flag("--report", "Run nothing: print the report of a reproduction."),
  },
  run: async (context, { name: option, newName, stream, report }, names) => {
    const name = names[0] ?? option;
    if (name === undefined || names.length > 1) throw new UsageError("One job is reproduced at a time: give its name.");
    if (report) return outcomeOf(context, await readReport(context, name));
    const client = await context.client();
    const workspace = await context.workspace();
    // Made beforehand: a lost reply is asked for again under the same name.
    const made = newName ?? createJobName();
    const job = await client.reproduceJob({ params: { workspace, name }, body: { name: made } });
    if (!stream) {
      context.notice(`${job.name} reproduces ${name}. \`slipway job reproduce ${job.name} --report\` compares them.`);
      return { value: toAzureJob(job) };
    }
    const ended = await streamJob(context, { workspace, name: job.name, out: process.stderr });
    const exitCode = streamExitCode(ended);
    if (!ended) return { exitCode };
    return { ...outcomeOf(context, await readReport(context, job.name)), exitCode };
  },
});

/** The report of a reproduction; of a run that was reproduced, that of the newest one which is over. */
async function readReport(context: Context, name: string): Promise<Reproduction> {
  const client = await context.client();
  const workspace = await context.workspace();
  const { reproduces, report, reproduced_by: others } = await client.reproductions({ params: { workspace, name } });
  if (report) return report;
  const newest = others.find(({ status }) => isTerminal(status)) ?? others[0];
  if (!newest && reproduces !== null) {
    throw slipwayError("not-found", `${name} reproduces ${reproduces}, which is no longer recorded.`, {
      next: `\`slipway job reproduce ${name} --stream\` runs it again and compares with it.`,
    });
  }
  if (!newest) {
    throw slipwayError("not-found", `${name} reproduces no run, and none reproduces it.`, {
      next: `\`slipway job reproduce ${name} --stream\` runs it again and compares.`,
    });
  }
  const of = await client.reproductions({ params: { workspace, name: newest.name } });
  if (of.report) return of.report;
  throw slipwayError("not-found", `The run that ${newest.name} reproduces is no longer recorded.`);
}

function outcomeOf(context: Context, report: Reproduction) {
  context.notice(`\n${report.original} → ${report.reproduction}\n${report.summary}`);
  for (const { key, original, reproduction, relative_difference: relative } of report.metrics.filter(differs)) {
    const far = relative === null ? "" : ` (off by ${(relative * 100).toPrecision(3)} %)`;
    context.notice(`  metric ${key}: ${String(original)} → ${String(reproduction)}${far}`);
  }
  for (const { path, state } of report.outputs.files.filter(differs).slice(0, mostRows))
    context.notice(`  file ${path}: ${state}`);
  context.notice("Could not be pinned:");
  for (const circumstance of report.not_pinned) context.notice(`  ${circumstanceLine(circumstance)}`);
  return context.globals.output === "table" ? { value: rowsOf(report), columns } : { value: report };
}

function differs({ state }: { state: string }): boolean {
  return state !== "same";
}

/** What was never recorded has no two sides to show. */
function circumstanceLine({ what, state, original, reproduction, detail }: Circumstance): string {
  if (state === "changed") return `${what}: ${String(original)} → ${String(reproduction)}. ${detail}`;
  if (state === "same") return `${what}: the same this time, ${String(original)}`;
  return `${what}: not known. ${detail}`;
}

const columns: Column[] = ["Part", "Name", "State", "Original", "Reproduction"].map((title) => ({
  title,
  show: (row) => String(row[title] ?? ""),
}));

function rowsOf(report: Reproduction): Record<string, unknown>[] {
  const row = (part: string, name: string, state: string, original: unknown, reproduction: unknown) => ({
    ...{ Part: part, Name: name, State: state },
    ...{ Original: original, Reproduction: reproduction },
  });
  const around = (part: string, all: readonly Circumstance[]) =>
    all.map((one) => row(part, one.what, one.state, one.original, one.reproduction));
  return [
    row("verdict", "", report.verdict, report.original_status, report.status),
    ...report.metrics.map((one) => row("metric", one.key, one.state, one.original, one.reproduction)),
    ...report.outputs.files
      .slice(0, mostRows)
      .map((file) => row("file", file.path, file.state, file.original_sha256?.slice(0, 10), file.sha256?.slice(0, 10))),
    ...around("pinned", report.pinned),
    ...around("not pinned", report.not_pinned),
  ];
}
