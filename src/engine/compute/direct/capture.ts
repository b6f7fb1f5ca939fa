import { text } from "node:stream/consumers";
import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";

/** Runs a program on the target to its end and returns its stdout. Throws `target-fault` with the target's own words. */
export async function capture(transport: Transport, argv: readonly [string, ...string[]]): Promise<string> {
  const process = await transport.exec(argv);
  process.stdin.end();
  const [out, err, end] = await Promise.all([text(process.stdout), text(process.stderr), process.exit]);
  if (end.code === 0) return out;
  const words = (err.trim() || out.trim()).slice(-2000);
  throw slipwayError("target-fault", `${argv[0]} failed on the target (${end.signal ?? String(end.code)}): ${words}`, {
    details: { argv: [...argv] },
  });
}
