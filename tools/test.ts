/**
 * `npm test [-- step…]`: set-up, gate, build, then every test: units and parts (vitest), the target side (unittest), the real VS Code.
 * The last line is the sum of them all; the exit code says whether any failed.
 */
import { sentence, sum, type Counts } from "./test/counts.ts";
import { steps } from "./test/steps.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No step named ${unknown.join(", ")}. Steps: ${steps.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

const results: Counts[] = [];
const lines: string[] = [];
for (const step of steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  process.stdout.write(`\n=== ${step.name}\n`);
  const started = performance.now();
  let counts: Counts;
  try {
    counts = await step.run();
  } catch (failure) {
    process.stdout.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  results.push(counts);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  lines.push(`${step.name.padEnd(10)} ${sentence(counts)} in ${seconds} s`);
}
const total = sum(results);
const failures = results.flatMap((counts) => counts.failures ?? []);
if (failures.length > 0) process.stdout.write(`\n=== failed\n${failures.join("\n\n")}\n`);
process.stdout.write(`\n=== sum\n${lines.join("\n")}\n${sentence(total)}\n`);
process.exit(total.failed > 0 ? 1 : 0);
