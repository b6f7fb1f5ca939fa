import { safeArtifactPath } from "../core/mlflow/artifactPath.ts";
import { invalidParameter } from "../core/mlflow/fault.ts";
import { limits } from "../core/mlflow/limits.ts";

/** A JSON body as text. A batch has a limit of its own. */
export function bodyText(body: Buffer | null, isBatch: boolean): string {
  if (body === null) return "";
  if (isBatch && body.length > limits.batchBytes) {
    throw invalidParameter(
      `Batched logging API requests must be at most ${limits.batchBytes} bytes, got a request of size ${body.length}.`,
    );
  }
  return body.toString("utf8");
}

/** A path that names a file: safe, and not the root. */
export function filePath(path: string): string {
  const safe = safeArtifactPath(path);
  if (safe === "") throw invalidParameter("Invalid path");
  return safe;
}
