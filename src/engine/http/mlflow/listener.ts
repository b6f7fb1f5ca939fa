import type { IncomingMessage, ServerResponse } from "node:http";
import type { StoredFiles } from "../../artifacts/storedFiles.ts";
import type { Actor } from "../../core/actor.ts";
import { mlflowFault, toMlflowError } from "../../core/mlflow/fault.ts";
import type { Tracking } from "../../tracking/tracking.ts";
import { readBody } from "./readBody.ts";
import { sendFile } from "./sendFile.ts";

const workspacePath = /^\/w\/([^/?]+)(\/[^?]*)?(?:\?(.*))?$/s;
const artifactPath = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts\/(.+)$/s;

/** Bodies that a web page could send without asking first are refused: a form or plain text is not JSON. */
const simpleTypes = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i;

/**
 * The MLflow API under `/w/<workspace>/` on a bare HTTP server: a training loop waits for each of these calls.
 * `authorize` is the gate before any routing: it answers who asks, or throws.
 */
export function mlflowListener(options: {
  tracking: Tracking;
  files: StoredFiles;
  authorize: (request: IncomingMessage) => Actor;
  log: (line: string) => void;
}): (request: IncomingMessage, response: ServerResponse) => void {
  const { tracking, files, authorize, log } = options;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const actor = authorize(request);
    const match = workspacePath.exec(request.url ?? "");
    if (!match) throw mlflowFault("ENDPOINT_NOT_FOUND", "The tracking API of a workspace is under /w/<workspace>/.");
    const [, name = "", path = "/", query = ""] = match;
    const workspace = decodeURIComponent(name);
    if (actor.workspace !== undefined && actor.workspace !== workspace) {
      throw mlflowFault("PERMISSION_DENIED", `This token is not good for the workspace ${workspace}.`);
    }
    const method = request.method ?? "GET";
    const upload = method === "PUT" ? artifactPath.exec(path) : null;
    if (upload) {
      await tracking.putArtifact({ workspace, path: upload[1] as string, source: request });
      sendText(response, 200, "application/json", "");
      return;
    }
    if (method !== "GET" && method !== "HEAD" && simpleTypes.test(request.headers["content-type"] ?? "")) {
      throw mlflowFault("INVALID_PARAMETER_VALUE", "The body must be JSON (Content-Type: application/json).");
    }
    const body = await readBody(request);
    const reply = await tracking.reply({ workspace, method, path, query, body, actor: actor.name });
    if (!reply.file) {
      sendText(response, reply.status, reply.contentType, reply.text);
      return;
    }
    const headers = { "content-type": reply.contentType, "content-disposition": reply.disposition };
    await sendFile(request, response, files, reply.file, headers);
  }

  return (request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      const { status, body } = toMlflowError(thrown);
      if (status >= 500) log(`${request.method} ${request.url}: ${body.message}`);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      // What is left of a refused upload is not read: the connection ends with the answer.
      if (!request.complete) response.setHeader("connection", "close");
      sendText(response, status, "application/json", JSON.stringify(body));
    });
  };
}

function sendText(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
  response.end(text);
}
