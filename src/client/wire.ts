import { Agent, request, type IncomingMessage } from "node:http";
import { errnoOf, messageOf, type CodedError } from "#base/errors.ts";
import { fromErrorReply, slipwayError, type ErrorReply } from "#contract/errors.ts";

/** One request as it goes over the Unix socket. */
export interface WireRequest {
  method: string;
  /** Path and query, encoded. */
  target: string;
  body?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Ends the request when the socket is silent for so long; none by default, since a submit may hash for minutes. */
  silenceMs?: number;
}

/** Nobody answered, or the answer broke off. `sent` is false when the engine cannot have seen the request. */
export class Unreachable extends Error {
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean) {
    super(messageOf(cause), { cause });
    this.name = "Unreachable";
    this.sent = sent;
  }
}

/** Failures of `connect`: the request never left. */
const notConnected = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "EACCES", "ENOTDIR", "EAGAIN"]);

export function newAgent(): Agent {
  // An idle connection goes before the engine closes it, so that no request meets it closing.
  return new Agent({ keepAlive: true, maxSockets: 64, timeout: 30_000 });
}

/** Sends a request and resolves with the reply's head. Rejects with {@link Unreachable} or the engine's own error. */
export async function send(socket: string, agent: Agent, wanted: WireRequest): Promise<IncomingMessage> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        socketPath: socket,
        method: wanted.method,
        path: wanted.target,
        headers: {
          host: "localhost",
          accept: "application/json",
          ...(wanted.body === undefined
            ? {}
            : { "content-type": "application/json", "content-length": String(Buffer.byteLength(wanted.body)) }),
          ...wanted.headers,
        },
        ...(wanted.signal ? { signal: wanted.signal } : {}),
      },
      resolve,
    );
    if (wanted.silenceMs !== undefined) {
      outgoing.setTimeout(wanted.silenceMs, () => outgoing.destroy(new Error(`silent for ${wanted.silenceMs} ms`)));
    }
    outgoing.once("error", (failure) => {
      if (wanted.signal?.aborted) return reject(failure);
      reject(new Unreachable(failure, !notConnected.has(errnoOf(failure) ?? "")));
    });
    outgoing.end(wanted.body);
  });
  if ((reply.statusCode ?? 500) >= 400) throw await readError(reply);
  return reply;
}

/** The whole body as text. */
export async function readText(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of reply) chunks.push(chunk as Buffer);
  } catch (failure) {
    throw new Unreachable(failure, true);
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function readError(reply: IncomingMessage): Promise<CodedError> {
  const status = reply.statusCode ?? 500;
  const text = await readText(reply);
  try {
    const body = JSON.parse(text) as ErrorReply;
    if (typeof body.error.code === "string") return fromErrorReply(body, status);
  } catch {
    // Not an answer of ours: its words are all there is.
  }
  return slipwayError("internal", `The engine answered ${status}: ${text.slice(0, 500)}`, {
    next: "See `slipway engine logs`.",
  });
}
