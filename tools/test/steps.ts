import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runSuites } from "../../test/vscode/run.ts";
import { build } from "../build.ts";
import { check } from "../check.ts";
import { parts } from "../check/parts.ts";
import { root, run } from "../process/run.ts";
import { ensureCodeServer } from "../setup/codeServer.ts";
import { ensureDebianPackages } from "../setup/debian.ts";
import { countUnittest, countVitest, type Counts } from "./counts.ts";

/** One step of `npm test`. A step that throws counts as one failed test. */
interface Step {
  name: string;
  run(): Promise<Counts>;
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Runs vitest with its words on this terminal and counts from its JSON report. */
async function vitest(args: readonly string[]): Promise<Counts> {
  const report = join(root, `out/vitest-${process.pid}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    await run(["vitest", "run", ...args, ...reporters], { passThrough: true });
    if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
    return countVitest(JSON.parse(readFileSync(report, "utf8")) as Parameters<typeof countVitest>[0]);
  } finally {
    rmSync(report, { force: true });
  }
}

async function python(): Promise<Counts> {
  const argv = ["python3", "-m", "unittest", "discover", "-v", "-s", "tests", "-t", "."] as const;
  const { code, output } = await run(argv, { cwd: join(root, "python") });
  process.stdout.write(output);
  return countUnittest(output, code);
}

export const steps: readonly Step[] = [
  {
    name: "setup",
    async run() {
      await ensureDebianPackages();
      await ensureCodeServer();
      return none;
    },
  },
  {
    name: "check",
    async run() {
      // The part "repository" is made of vitest tests, which the step "unit" runs and counts.
      const names = parts.map(({ name }) => name).filter((name) => name !== "repository");
      return (await check(names)) ? none : { ...none, failed: 1 };
    },
  },
  {
    name: "build",
    async run() {
      await build();
      return none;
    },
  },
  { name: "unit", run: () => vitest([]) },
  { name: "python", run: python },
  {
    name: "vscode",
    async run() {
      const report = await runSuites();
      process.stdout.write(`${report.lines.join("\n")}\n`);
      return report;
    },
  },
  { name: "workbench", run: () => vitest(["--config", "test/vscode/vitest.config.ts"]) },
];
