import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readPacked, type PackedAt } from "#engine/store/packs.ts";

export interface ReadRequest {
  /** Folder of the packs. */
  packs: string;
  files: { sha256: string; at: PackedAt | { blob: string } }[];
}

export interface ReadAnswer {
  /** The bytes of each, in the order asked; null for one that is not what it was, which a read of it alone explains. */
  contents: (Uint8Array | null)[];
}

/** Reads many small stored files, each checked against its hash. Runs in a worker: it is synchronous. */
export function readStored(request: ReadRequest): ReadAnswer {
  return { contents: request.files.map((file) => readOne(request.packs, file)) };
}

function readOne(packs: string, { sha256, at }: ReadRequest["files"][number]): Uint8Array | null {
  try {
    if (!("blob" in at)) return readPacked(packs, at, sha256);
    const content = readFileSync(at.blob);
    return createHash("sha256").update(content).digest("hex") === sha256 ? content : null;
  } catch {
    return null;
  }
}
