/** Runs inside the extension host: every bundled suite beside this file, by Mocha. */
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Mocha from "mocha";

export interface SuiteReport {
  passed: number;
  failed: number;
  skipped: number;
  /** One line a test, in the order in which they ran. */
  lines: string[];
}

/** VS Code calls this and takes a rejection as failure. The report goes to the file named by SLIPWAY_TEST_REPORT. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "tdd", timeout: 60_000, color: false, reporter: "min" });
  const wanted = process.env["SLIPWAY_TEST_SUITE"];
  for (const file of globSync("suite/*.cjs", { cwd: __dirname }).sort()) {
    if (wanted === undefined || wanted === "" || file === `suite/${wanted}.cjs`) mocha.addFile(join(__dirname, file));
  }
  const report: SuiteReport = { passed: 0, failed: 0, skipped: 0, lines: [] };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pass", (test) => {
      report.passed++;
      report.lines.push(`  ok   ${test.fullTitle()} (${test.duration ?? 0} ms)`);
    });
    runner.on("pending", (test) => {
      report.skipped++;
      report.lines.push(`  skip ${test.fullTitle()}`);
    });
    runner.on("fail", (test, error) => {
      report.failed++;
      report.lines.push(
        `  FAIL ${test.fullTitle()}\n${indent(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
      );
    });
  });
  const file = process.env["SLIPWAY_TEST_REPORT"];
  if (file) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(report));
  }
  if (report.failed > 0) throw new Error(`${report.failed} tests failed`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "       ");
}
