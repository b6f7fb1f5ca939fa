import { CodedError } from "#base/errors.ts";
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
      const { sha256, bytes } = await blobs.putFile(call.file.path);
      return { ...ready, artifact: { path, sha256, bytes } };
    }
    throw mlflowFault("ENDPOINT_NOT_FOUND", `${call.method} ${call.path} is not a call that a relay can keep.`);
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.status >= 500) throw thrown;
    return { ...ready, refused: toMlflowError(thrown) };
  }
}
