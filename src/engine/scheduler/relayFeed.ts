import { Buffer } from "node:buffer";
import { withLocalFile } from "./localFile.ts";
import type { RelayCall } from "../core/ports/tracking.ts";
import type { Work, WorkServices } from "./work.ts";

/** One line of the relay's journal (docs/dev/launcher.md). */
interface JournalLine {
  seq: number;
  method: string;
  path: string;
  query?: string;
  body?: string;
  file?: string;
  sha256?: string;
  size?: number;
  content_type?: string;
  minted?: { run_id?: string; model_id?: string };
}

/**
 * Carries out journalled calls in their order. Returns the last sequence that is applied. A refusal comes too
 * late for the program, so tracking keeps it as a warning on the run.
 */
export async function applyJournal(work: Work, services: WorkServices, lines: Buffer): Promise<number> {
  let last = 0;
  for (const line of wholeLines(lines)) {
    const entry = JSON.parse(line.toString("utf8")) as JournalLine;
    await applyEntry(work, services, entry);
    last = entry.seq;
  }
  return last;
}

function applyEntry(
  work: Work,
  services: WorkServices,
  entry: JournalLine,
): ReturnType<WorkServices["tracking"]["applyRelayCall"]> {
  const call: RelayCall = {
    workspace: work.job.workspace,
    job: work.job.name,
    attempt: work.attempt,
    seq: entry.seq,
    method: entry.method,
    path: entry.path,
    query: entry.query ?? "",
    ...(entry.body === undefined ? {} : { body: Buffer.from(entry.body) }),
    ...(entry.minted === undefined ? {} : { minted: entry.minted }),
  };
  if (entry.file === undefined) return services.tracking.applyRelayCall(call);
  const { sha256 = "", size = 0, content_type: contentType = "application/octet-stream" } = entry;
  return withLocalFile(work.target.transport, `${work.ref.folder}/${entry.file}`, (path) =>
    services.tracking.applyRelayCall({ ...call, file: { path, sha256, size, contentType } }),
  );
}

export function* wholeLines(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const stop = end < 0 ? bytes.length : end;
    if (stop > at) yield bytes.subarray(at, stop);
    at = stop + 1;
  }
}
