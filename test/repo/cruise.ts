import { createRequire } from "node:module";
import { join } from "node:path";
import { root, run } from "../../tools/process/run.ts";

/** One import that dependency-cruiser refuses, with the rule that it broke. */
export interface Violation {
  rule: string;
  from: string;
  to: string;
}

export interface Cruise {
  /** Every file that was looked at, without packages. */
  files: string[];
  edges: { from: string; to: string }[];
  violations: Violation[];
}

interface Report {
  modules: { source: string; coreModule?: boolean; dependencies: { resolved: string }[] }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** The table of layers, as `.dependency-cruiser.cjs` states it. */
export interface Tables {
  layers: Record<string, string[]>;
  engine: Record<string, string[]>;
  nouns: string;
  /** Rows that nothing uses yet, `from <- to`. */
  spare: string[];
  seams: Record<string, string>;
}

export const folders = ["src", "webviews", "language-server"];

export function boundaryTables(): Tables {
  const config = createRequire(import.meta.url)(join(root, ".dependency-cruiser.cjs")) as { tables: Tables };
  return config.tables;
}

/** Runs dependency-cruiser with the repository's own table on the tree below `cwd`. */
export async function cruise(cwd: string): Promise<Cruise> {
  const config = join(root, ".dependency-cruiser.cjs");
  const { output } = await run(["depcruise", "--config", config, "--output-type", "json", ...folders], { cwd });
  const start = output.indexOf("{");
  if (start < 0) throw new Error(`dependency-cruiser gave no report:\n${output}`);
  const { modules, summary } = JSON.parse(output.slice(start)) as Report;
  const own = modules.filter(({ source }) => folders.some((folder) => source.startsWith(`${folder}/`)));
  return {
    files: own.map(({ source }) => source),
    edges: own.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
    ),
    violations: summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to })),
  };
}
