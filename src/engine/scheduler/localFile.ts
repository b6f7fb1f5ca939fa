import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "#transport/transport.ts";

/** Runs `use` with a file or folder of the target as one of this machine: the same where files are shared, else a copy that goes afterwards. */
export async function withLocalFile<T>(
  transport: Transport,
  path: string,
  use: (local: string) => Promise<T>,
): Promise<T> {
  if (transport.sharesFiles) return use(path);
  const copy = join(tmpdir(), `slipway-${randomUUID()}`);
  try {
    await transport.get(path, copy);
    return await use(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
