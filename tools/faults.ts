/**
 * `npm run faults -- [--seed N] [--rounds N]`: the long sweep. Rounds of real jobs on real engines, each with a strike that
 * the seed chose; the checker looks at everything after each few rounds. Ends at the first violation, with the seed that has
 * it again and the history in a file. The same parts run shorter in `npm test`.
 */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../test/random.ts";
import { playRound, strikes } from "../test/faults/harness/rounds.ts";
import { Scene } from "../test/faults/harness/scene.ts";
import { root } from "./process/run.ts";

const { values } = parseArgs({ options: { seed: { type: "string" }, rounds: { type: "string", default: "50" } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const rounds = Number(values.rounds);
/** Rounds after which all is checked. */
const inOneHome = 5;

if (!existsSync(join(root, "dist/engine/main.js"))) {
  process.stderr.write("Nothing was built: run `npm run build` first.\n");
  process.exit(2);
}
process.stdout.write(`seed ${seed}, ${rounds} rounds\n`);
for (let first = 0; first < rounds; first += inOneHome) {
  // A seed of its own for each home, so that any of them can be had again alone.
  const random = new Random(seed + first);
  const scene = new Scene();
  try {
    for (let round = first; round < Math.min(first + inOneHome, rounds); round++) {
      const strike = random.pick(strikes);
      process.stdout.write(`round ${round}: ${strike}\n`);
      await playRound(scene, random, round, strike);
    }
    const violations = await scene.violations();
    if (violations.length === 0) continue;
    mkdirSync(join(root, "out"), { recursive: true });
    const kept = join(root, `out/faults-${seed + first}.jsonl`);
    copyFileSync(scene.history.file, kept);
    for (const { invariant, words } of violations) process.stdout.write(`${invariant}: ${words}\n`);
    process.stdout.write(`Again: npm run faults -- --seed ${seed + first} --rounds ${inOneHome}\nHistory: ${kept}\n`);
    process.exitCode = 1;
    break;
  } finally {
    await scene.dispose();
  }
}
if (process.exitCode === undefined) process.stdout.write(`all invariants hold after ${rounds} rounds\n`);
