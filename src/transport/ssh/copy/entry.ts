/**
 * One line of a transfer, as `python/slipway/transfer` reads and writes it. A file's line is followed by its bytes and a
 * line with their sha-256; `x` comes after what is in a folder and says the folder's own mode and time.
 */
export type Entry =
  | { t: "f"; p: string; m: number; mt: bigint; n: number; o?: number; ask?: true; s?: true }
  | { t: "x"; p: string; m: number; mt: bigint }
  | { t: "d"; p: string }
  | { t: "l"; p: string; l: string }
  | { t: "e"; p: "" };

/** JSON, with times in nanoseconds as whole numbers. */
export function entryLine(entry: Entry): Buffer {
  const { mt, ...rest } = entry as Entry & { mt?: bigint };
  const text = JSON.stringify(rest);
  return Buffer.from(mt === undefined ? `${text}\n` : `${text.slice(0, -1)},"mt":${mt}}\n`);
}
