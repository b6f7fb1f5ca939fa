import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildEngine } from "./build.ts";
import type { Mutant } from "./list.ts";

const root = join(import.meta.dirname, "../../..");

interface Report {
  testResults: { assertionResults: { status: string; failureMessages: string[] }[] }[];
}

/** Builds a mutant and runs the test that must notice it. */
export async function tryMutant(
  mutant: Mutant,
  seed?: number,
): Promise<{ outcome: "caught" | "missed" | "not tried"; words: string }> {
  const build = await buildEngine(mutant.changes);
  const [file, name] = mutant.test;
  const report = join(build, "report.json");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const words = ["run", `test/faults/${file}.test.ts`, "-t", name, "--reporter=json", `--outputFile=${report}`];
  const env = { ...process.env, FAULTS_DIST: build, ...(seed === undefined ? {} : { FAULTS_SEED: String(seed) }) };
  try {
    await new Promise<void>((resolve) => {
      execFile(process.execPath, [vitest, ...words], { cwd: root, env, maxBuffer: 1 << 26 }, () => resolve());
    });
    const results = (JSON.parse(readFileSync(report, "utf8")) as Report).testResults.flatMap(
      (each) => each.assertionResults,
    );
    const said = results.flatMap(({ failureMessages }) => failureMessages).join("\n");
    if (!results.some(({ status }) => status === "passed" || status === "failed"))
      return { outcome: "not tried", words: "" };
    return { outcome: mutant.caughtBy.test(said) ? "caught" : "missed", words: said.slice(0, 2000) };
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}
