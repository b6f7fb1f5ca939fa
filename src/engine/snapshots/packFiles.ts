import { createHash } from "node:crypto";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { PackWriter, type WrittenPack } from "#engine/store/packs.ts";
import { readPlainFile } from "#engine/store/plainFile.ts";
import type { OnFile } from "./onFile.ts";

export interface PackRequest {
  root: string;
  /** Resolved paths of regular files. */
  sources: string[];
  /** Hashes that the store holds already. */
  known: string[];
}

export interface PackAnswer {
  /** Hash and size of each source, in the order asked. */
  contents: { sha256: string; bytes: number }[];
  packs: WrittenPack[];
}

/** Reads small files and writes those that are new into packs. Runs in a worker: it is synchronous. */
export function packFiles(request: PackRequest, onFile?: OnFile): PackAnswer {
  const seen = new Set(request.known);
  const writer = new PackWriter(request.root);
  let bytes = 0;
  const contents = request.sources.map((source, index) => {
    const content = readSource(source);
    const sha256 = createHash("sha256").update(content).digest("hex");
    if (!seen.has(sha256)) {
      seen.add(sha256);
      writer.add(content, sha256);
    }
    onFile?.(index + 1, (bytes += content.length));
    return { sha256, bytes: content.length };
  });
  return { contents, packs: writer.finish() };
}

function readSource(source: string): Buffer {
  try {
    return readPlainFile(source);
  } catch (cause) {
    throw slipwayError("file-not-found", `${source} could not be read (${errnoOf(cause) ?? "error"}).`, {
      next: "It was there a moment ago: submit again.",
      cause,
    });
  }
}
