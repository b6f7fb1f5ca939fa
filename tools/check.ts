/** `npm run check`: the gate. All parts run at once; each prints one line, and its words when it fails. */
import { availableParallelism } from "node:os";
import { parts } from "./check/parts.ts";
import { run } from "./process/run.ts";

/** Runs the named parts (all when none is named). True when every one passed. */
export async function check(names: readonly string[] = []): Promise<boolean> {
  const started = performance.now();
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(`No part named ${unknown.join(", ")}. Parts: ${parts.map(({ name }) => name).join(", ")}`);
  }
  const waiting = parts.filter((part) => names.length === 0 || names.includes(part.name));
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      let seconds = 0;
      let failure: string | undefined;
      for (const command of part.commands) {
        const finished = await run(command, { timeoutSeconds: 300 });
        seconds += finished.seconds;
        if (finished.code !== 0) failure = `${failure ?? ""}${finished.output}`;
      }
      process.stdout.write(
        `${failure === undefined ? "ok  " : "FAIL"} ${part.name.padEnd(12)} ${seconds.toFixed(1)} s\n`,
      );
      if (failure !== undefined) failures.push(`\n--- ${part.name}: ${part.fix}\n${failure.trimEnd()}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(3, availableParallelism()) }, work));
  for (const failure of failures) process.stdout.write(failure);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(failures.length === 0 ? `check passed in ${seconds} s\n` : `\ncheck failed in ${seconds} s\n`);
  return failures.length === 0;
}

if (import.meta.main) process.exitCode = (await check(process.argv.slice(2))) ? 0 : 1;
