/**
 * `npm run faults -- [--seed N] [--rounds N] [--quick] [--only F16]`: the whole sweep. Every fault and threat by its test, at more points
 * than `npm test` has time for; rounds of real jobs with strikes that the seed chose; and every mutant of the product, each
 * of which a test must notice. Prints a table, and ends with 1 when anything is violated or missed.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../test/random.ts";
import { playRound, strikes } from "../test/faults/harness/rounds.ts";
import { Scene } from "../test/faults/harness/scene.ts";
import { mutants } from "../test/faults/mutants/list.ts";
import { tryMutant } from "../test/faults/mutants/try.ts";
import { root, run } from "./process/run.ts";

/** One line of the report. */
interface Row {
  what: string;
  outcome: string;
  isGood: boolean;
  seconds: number;
}

interface Report {
  testResults: {
    assertionResults: {
      title: string;
      fullName: string;
      status: string;
      duration?: number;
      failureMessages: string[];
    }[];
  }[];
}

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    rounds: { type: "string", default: "50" },
    quick: { type: "boolean" },
    only: { type: "string" },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
/** A part of the names of tests: those alone are run, with the mutants that they must notice. */
const only = values.only ?? "";
const rounds = only === "" ? Number(values.rounds) : 0;
/** Rounds after which all is checked. */
const inOneHome = 5;
const out = join(root, "out");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Tests whose name begins with a row of the table of faults (F) or threats (T). */
async function named(): Promise<Row[]> {
  const file = join(out, "faults.json");
  rmSync(file, { force: true });
  const where = ["test/faults", "test/security", "--exclude", "test/faults/mutants.test.ts"];
  const env = { FAULTS_SEED: String(seed), ...(values.quick ? {} : { FAULTS_WIDE: "1" }) };
  // One file at a time: a fault of one must not be the load of another.
  const words = [
    "--no-file-parallelism",
    "--reporter=json",
    `--outputFile=${file}`,
    ...(only === "" ? [] : ["-t", only]),
  ];
  await run([process.execPath, join(root, "node_modules/vitest/vitest.mjs"), "run", ...where, ...words], { env });
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ title, status }) => /^[FT]\d/u.test(title) || status === "failed")
    .filter(({ title, status }) => title.includes(only) || status === "failed")
    .map(({ title, status, duration = 0, failureMessages }) => {
      if (status === "failed") say(`${title}\n${failureMessages.join("\n")}`);
      const outcome = status === "passed" ? "holds" : status === "failed" ? "VIOLATED" : "not tried here";
      return { what: title, outcome, isGood: status !== "failed", seconds: duration / 1000 };
    });
}

/** Rounds in one home, checked at their end. */
async function walk(first: number): Promise<Row> {
  // A seed of its own for each home, so that any of them can be had again alone.
  const random = new Random(seed + first);
  const scene = new Scene();
  const began = performance.now();
  const chosen: string[] = [];
  try {
    for (let round = first; round < Math.min(first + inOneHome, rounds); round++) {
      const strike = random.pick(strikes);
      chosen.push(strike);
      await playRound(scene, random, round, strike);
    }
    const violations = await scene.violations();
    if (violations.length > 0) {
      const kept = join(out, `faults-${seed + first}.jsonl`);
      copyFileSync(scene.history.file, kept);
      for (const { invariant, words } of violations) say(`${invariant}: ${words}`);
      say(`Again: npm run faults -- --seed ${seed + first} --rounds ${inOneHome}\nHistory: ${kept}`);
    }
    const seconds = (performance.now() - began) / 1000;
    const isGood = violations.length === 0;
    return {
      what: `seed ${seed + first}: ${chosen.join(", ")}`,
      outcome: isGood ? "holds" : "VIOLATED",
      isGood,
      seconds,
    };
  } finally {
    await scene.dispose();
  }
}

async function tried(mutant: (typeof mutants)[number]): Promise<Row> {
  const began = performance.now();
  const { outcome, words } = await tryMutant(mutant, seed);
  if (outcome === "missed") say(`${mutant.name}\n${words}`);
  const seconds = (performance.now() - began) / 1000;
  return {
    what: `mutant: ${mutant.name}`,
    outcome: outcome === "missed" ? "MISSED" : outcome,
    isGood: outcome !== "missed",
    seconds,
  };
}

if (!existsSync(join(root, "dist/engine/main.js"))) {
  say("Nothing was built: run `npm run build` first.");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
say(`seed ${seed}, ${rounds} rounds, ${mutants.length} mutants`);
const rows = await named();
for (let first = 0; first < rounds; first += inOneHome) rows.push(await walk(first));
for (const mutant of mutants.filter(({ test: [, name] }) => name.includes(only))) rows.push(await tried(mutant));

say("");
for (const { outcome, seconds, what } of rows) say(`${outcome.padEnd(15)}${seconds.toFixed(1).padStart(7)} s  ${what}`);
const bad = rows.filter(({ isGood }) => !isGood).length;
const skipped = rows.filter(({ outcome }) => outcome.startsWith("not tried")).length;
say(
  `\n${rows.length - bad - skipped} hold or are caught, ${skipped} could not be tried here, ${bad} do not hold. Seed ${seed}.`,
);
process.exitCode = bad === 0 ? 0 : 1;
