import type { IncomingMessage } from "node:http";
import { mlflowFault } from "../../core/mlflow/fault.ts";
import { limits } from "../../core/mlflow/limits.ts";

/** The whole body of a request, or null when it has none. Throws REQUEST_TOO_LARGE over the limit of JSON bodies. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) {
    request.resume();
    return Promise.resolve(null);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limits.bodyBytes) chunks.push(chunk);
      else reject(mlflowFault("REQUEST_TOO_LARGE", `The body is over ${limits.bodyBytes} bytes.`));
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", reject);
  });
}
