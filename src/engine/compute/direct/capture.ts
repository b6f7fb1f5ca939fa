import type { Readable } from "node:stream";
import { slipwayError } from "#contract/errors.ts";
import type { Transport } from "#transport/transport.ts";

/** An answer of a target is a few lines; one that does not end is none. */
const mostBytes = 64 * 1024 * 1024;

/** Runs a program on the target to its end and returns its stdout. Throws `target-fault` with the target's own words. */
export async function capture(transport: Transport, argv: readonly [string, ...string[]]): Promise<string> {
  const process = await transport.exec(argv);
  process.stdin.end();
  const [out, err, end] = await Promise.all([
    textOf(process.stdout, () => process.kill("SIGKILL")),
    textOf(process.stderr, () => process.kill("SIGKILL")),
    process.exit,
  ]);
  if (end.code === 0) return out;
  const words = (err.trim() || out.trim()).slice(-2000);
  throw slipwayError("target-fault", `${argv[0]} failed on the target (${end.signal ?? String(end.code)}): ${words}`, {
    details: { argv: [...argv] },
  });
}

async function textOf(stream: Readable, tooMuch: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
    else tooMuch();
  }
  return Buffer.concat(chunks).toString("utf8");
}
