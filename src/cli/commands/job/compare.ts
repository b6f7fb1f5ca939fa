import type { Comparison, Difference } from "#contract/routes/compare.ts";
import type { Column } from "../../output/table.ts";
import { command } from "../../parse/command.ts";
import { flag, text } from "../../parse/options.ts";

export const compare = command({
  summary: "Say what differs between jobs.",
  details:
    "Parameters, inputs, code, environment, hardware, tags and metrics side by side; of two jobs also the files of their code and the packages of their environments that differ.",
  positionals: { name: "name", help: "Names of the jobs.", min: 2 },
  options: {
    baseline: text("--baseline", "The job that the others are held against; the first when not given."),
    all: flag("--all", "Also what is the same for all of them."),
  },
  run: async (context, { baseline, all }, names) => {
    const client = await context.client();
    const params = { workspace: await context.workspace() };
    const comparison = await client.compareRuns({ params, body: { names, baseline } });
    for (const name of comparison.missing) context.notice(`There is no job ${name} in this workspace.`);
    const [base, other] = pairOf(comparison);
    const difference =
      base === undefined || other === undefined
        ? undefined
        : await client.explainDifference({ params: { ...params, name: other }, query: { from: base } });
    const shown = comparison.facts.filter((fact) => all || fact.differs);
    if (context.globals.output === "table") {
      return { value: tableRows(comparison, shown, difference), columns: columnsOf(comparison) };
    }
    return {
      value: {
        baseline: comparison.runs[comparison.baseline]?.name,
        runs: comparison.runs,
        facts: shown.map(({ group, key, differs, values }) => ({
          group,
          key,
          differs,
          values: byRun(comparison, values),
        })),
        ...(difference ? { code: difference.code, packages: difference.packages } : {}),
        missing: comparison.missing,
      },
    };
  },
});

/** The names of two runs, the baseline first; nothing when there are more or fewer. */
function pairOf({ runs, baseline }: Comparison): [string | undefined, string | undefined] {
  return runs.length === 2 ? [runs[baseline]?.name, runs[1 - baseline]?.name] : [undefined, undefined];
}

function byRun({ runs }: Comparison, values: readonly (string | null)[]): Record<string, string | null> {
  return Object.fromEntries(runs.map(({ name }, index) => [name, values[index] ?? values[values.length - 1] ?? null]));
}

function tableRows(
  comparison: Comparison,
  facts: Comparison["facts"],
  difference: Difference | undefined,
): Record<string, unknown>[] {
  const { runs, baseline } = comparison;
  const [base = "", other = ""] = [runs[baseline]?.name, runs[1 - baseline]?.name];
  const rows = facts.map(({ group, key, differs, values }) => ({
    group,
    key,
    ...byRun(comparison, differs ? values : values.slice(0, 1)),
  }));
  const files = (difference?.code.files ?? []).map((file) => ({
    ...{ group: "file", key: file.path },
    [base]: file.change === "added" ? "" : "there",
    [other]: file.change === "removed" ? "" : file.change,
  }));
  const packages = (difference?.packages.changes ?? []).map(({ name, from, to }) => ({
    ...{ group: "package", key: name },
    [base]: from ?? "",
    [other]: to ?? "",
  }));
  const labels = {
    group: "",
    key: "label",
    ...byRun(
      comparison,
      runs.map(({ label }) => label),
    ),
  };
  return [labels, ...rows, ...files, ...packages];
}

function columnsOf({ runs }: Comparison): Column[] {
  const column = (title: string, key: string): Column => ({
    title,
    show: (row) => String(row[key] ?? "").replace(/\s*\n\s*/gu, " "),
  });
  return [column("Group", "group"), column("Key", "key"), ...runs.map(({ name }) => column(name, name))];
}
