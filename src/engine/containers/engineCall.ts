import type { Readable } from "node:stream";
import type { Clock } from "#base/clock.ts";
import type { Transport } from "#transport/transport.ts";

/** How a call of a container engine ended. */
export interface CallEnd {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  out: string;
  /** The end of its standard error: what it says of a fault. */
  words: string;
  /** It was ended because its time was over. */
  late: boolean;
}

const mostBytes = 1024 * 1024;

/**
 * Runs a container engine on a target, by argv. Rejects with the signal's reason when aborted, and as the transport does when
 * the machine cannot be reached or has no such program.
 */
export async function callEngine(
  transport: Transport,
  argv: readonly [string, ...string[]],
  options: {
    signal?: AbortSignal;
    /** Milliseconds after which it is ended. */
    limit?: { clock: Clock; ms: number };
    onOutput?: (bytes: Uint8Array) => void;
  } = {},
): Promise<CallEnd> {
  const { signal, limit, onOutput } = options;
  const over = new AbortController();
  let late = false;
  const forget = limit?.clock.after(limit.ms, () => {
    late = true;
    over.abort();
  });
  const ending = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  try {
    const process = await transport.exec(argv, { signal: ending });
    process.stdin.end();
    const [out, words, end] = await Promise.all([
      lastOf(process.stdout, onOutput),
      lastOf(process.stderr, onOutput),
      process.exit,
    ]);
    signal?.throwIfAborted();
    return { code: end.code, out, words: words.trim(), late };
  } finally {
    forget?.();
  }
}

async function lastOf(stream: Readable, onOutput?: (bytes: Uint8Array) => void): Promise<string> {
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onOutput?.(chunk);
    kept = Buffer.concat([kept, chunk]).subarray(-mostBytes);
  }
  return kept.toString("utf8");
}

/** The last line of a tool's words, which says what was wrong. */
export function lastWords({ words, code }: CallEnd): string {
  const line = words.split("\n").findLast((one) => one.trim() !== "");
  return line?.replace(/^(?:Error|error|ERROR):?\s*/u, "").trim() ?? `exit code ${String(code)}`;
}
