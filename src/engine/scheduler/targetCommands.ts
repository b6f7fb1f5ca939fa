import { text } from "node:stream/consumers";
import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";

/** Runs a short program on a target. Throws `disk-full` or `target-fault` with the target's own words. */
export async function run(transport: Transport, argv: readonly [string, ...string[]]): Promise<void> {
  const process = await transport.exec(argv);
  process.stdin.end();
  process.stdout.resume();
  const [words, end] = await Promise.all([text(process.stderr), process.exit]);
  if (end.code === 0) return;
  const message = `${argv[0]} failed on the target: ${words.trim() || (end.signal ?? `exit code ${String(end.code)}`)}`;
  throw slipwayError(words.includes("No space left on device") ? "disk-full" : "target-fault", message);
}
