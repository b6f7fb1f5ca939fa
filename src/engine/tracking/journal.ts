import { CodedError, errnoOf } from "#base/errors.ts";
import { mlflowFault, toMlflowError } from "../core/mlflow/fault.ts";
import type { RelayCall } from "../core/ports/tracking.ts";
import type { Blobs } from "../store/blobs.ts";
import type { JournalCall } from "../store/tracking/relay.ts";
import { bodyText, filePath } from "./requestParts.ts";
import { mlflowCall } from "./routes.ts";

/**
 * A journal call made ready for the store: its route looked up, its file a durable blob. What can never be carried out
 * is marked as refused; a fault of our own (a full disk) is thrown, so that the call comes again.
 */
export async function journalCall(call: RelayCall, blobs: Blobs): Promise<JournalCall> {
  const ready: JournalCall = {
    seq: call.seq,
    operation: null,
    artifact: null,
    path: {},
    query: call.query,
    body: "",
    minted: call.minted ?? {},
    refused: null,
  };
  try {
    const asked = mlflowCall(call.method, call.path);
    if (asked.kind === "write") {
      const body = bodyText(call.body ?? null, asked.operation === "logBatch");
      return { ...ready, operation: asked.operation, path: asked.path, body };
    }
    if (asked.kind === "artifact" && call.method === "PUT" && call.file) {
      const path = filePath(asked.path);
      return { ...ready, artifact: { path, ...(await keepFile(call.file, blobs)) } };
    }
    throw mlflowFault("ENDPOINT_NOT_FOUND", `${call.method} ${call.path} is not a call that a relay can keep.`);
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.status >= 500) throw thrown;
    return { ...ready, refused: toMlflowError(thrown) };
  }
}

/** Errors that say that a file is not what the relay wrote. They come again however often it is asked. */
const gone = new Set(["ENOENT", "ELOOP", "EINVAL", "ENOTDIR", "EISDIR"]);

/**
 * The file that the relay kept for this call. One that is gone was applied before (the relay removes it then), maybe to a
 * store that was lost since: its bytes are here still. Or the job has removed it.
 */
async function keepFile(
  file: NonNullable<RelayCall["file"]>,
  blobs: Blobs,
): Promise<{ sha256: string; bytes: number }> {
  const kept = await blobs.putFile(file.path).catch(async (thrown: unknown) => {
    if (!gone.has(errnoOf(thrown) ?? "")) throw thrown;
    if (isDigest(file.sha256) && (await blobs.has(file.sha256))) {
      return { sha256: file.sha256, bytes: await blobs.sizeOf(file.sha256) };
    }
    throw mlflowFault("RESOURCE_DOES_NOT_EXIST", "Its file is not on the job's machine any more.");
  });
  if (kept.sha256 === file.sha256) return kept;
  throw mlflowFault("INVALID_PARAMETER_VALUE", "Its file is not what it was when it was logged.");
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
