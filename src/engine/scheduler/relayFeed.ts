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

/** Calls of one commit: enough that a commit's cost is shared, few enough that other jobs are not kept waiting. */
const MOST_CALLS = 500;

/**
 * Carries out journalled calls in their order. Returns the last sequence that is applied. A refusal comes too late for the
 * program, so tracking keeps it as a warning on the run.
 */
export async function applyJournal(work: Work, services: WorkServices, lines: Buffer): Promise<number> {
  let calls: RelayCall[] = [];
  let last = 0;
  const apply = async (): Promise<void> => {
    if (calls.length > 0) await services.tracking.applyRelayCalls(calls);
    calls = [];
  };
  for (const line of wholeLines(lines)) {
    const entry = toEntry(line);
    if (entry === undefined) {
      // Tried again it would be no better, and the job would never end.
      await work.job.warn("A line of the relay's journal could not be read: a call of the program is lost.");
      continue;
    }
    if (entry.file === undefined) calls.push(toCall(work, entry));
    else {
      await apply();
      await applyFile(work, services, entry, entry.file);
    }
    if (calls.length >= MOST_CALLS) await apply();
    last = entry.seq;
  }
  await apply();
  return last;
}

/** A line of the journal; undefined for what is none. The job could write to it. */
function toEntry(line: Buffer): JournalLine | undefined {
  const entry = parseLine(line) as Partial<JournalLine> | undefined;
  const isCall =
    Number.isSafeInteger(entry?.seq) &&
    [entry?.method, entry?.path].every((text) => typeof text === "string") &&
    [entry?.query, entry?.body].every((text) => text === undefined || typeof text === "string") &&
    (entry?.file === undefined || /^relay\/artifacts\/\d+$/.test(entry.file));
  return isCall ? (entry as JournalLine) : undefined;
}

/** A line of JSON that is an object; undefined for anything else. */
export function parseLine(line: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function toCall(work: Work, entry: JournalLine): RelayCall {
  return {
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
}

async function applyFile(work: Work, services: WorkServices, entry: JournalLine, file: string): Promise<void> {
  const { sha256 = "", size = 0, content_type: contentType = "application/octet-stream" } = entry;
  await withLocalFile(work.target.transport, `${work.ref.folder}/${file}`, (path) =>
    services.tracking.applyRelayCalls([{ ...toCall(work, entry), file: { path, sha256, size, contentType } }]),
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
