import { chmod, rm } from "node:fs/promises";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Disposable } from "#base/disposable.ts";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { api, type Api } from "#contract/api.ts";
import { slipwayError, toErrorReply } from "#contract/errors.ts";
import type { Route } from "#contract/route.ts";
import type { ZodType } from "zod";
import type { Actor } from "../core/actor.ts";
import { storeFault } from "../store/storeFault.ts";
import { refuseOrigin } from "./guard.ts";
import type { ByteReply, Handlers, ServeEvents } from "./handlers.ts";

type AnyHandler = (request: unknown) => Promise<unknown>;

const maxBodyBytes = 16 * 1024 * 1024;

/**
 * The engine's own API on its Unix socket. The socket's folder belongs to the user alone (0700), which is what
 * authenticates the caller; see docs/dev/engine.md.
 */
export class ApiServer implements Disposable {
  readonly #app: FastifyInstance;
  readonly #socket: string;
  readonly #log: (line: string) => void;

  constructor(options: {
    socket: string;
    user: Actor;
    handlers: Handlers;
    serveEvents: ServeEvents;
    log: (line: string) => void;
    /** Called at the begin of each request, for the idle watch. */
    onRequest: () => void;
  }) {
    this.#socket = options.socket;
    this.#log = options.log;
    this.#app = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true });
    // A web page may send plain text without asking first; JSON it may not.
    this.#app.removeContentTypeParser("text/plain");
    this.#app.addHook("onRequest", async (request) => {
      options.onRequest();
      refuseOrigin(request.raw);
    });
    this.#app.setErrorHandler((thrown, request, reply) => {
      const error = asCoded(thrown);
      if (error.status >= 500)
        options.log(`${request.method} ${request.url}: ${error.message} ${(thrown as Error).stack ?? ""}`);
      return reply.code(error.status).send(toErrorReply(error));
    });
    this.#app.setNotFoundHandler((request, reply) => {
      const error = slipwayError("not-found", `No route ${request.method} ${request.url.split("?")[0]}.`, {
        next: "The engine may be older than this client: run `slipway engine status`.",
      });
      return reply.code(404).send(toErrorReply(error));
    });
    for (const [name, route] of Object.entries(api) as [keyof Api, Route][]) {
      if (name === "events") this.#serveEvents(route, options.serveEvents);
      else this.#serve(route, options.handlers[name] as AnyHandler, options.user);
    }
  }

  async listen(): Promise<void> {
    await rm(this.#socket, { force: true });
    await this.#app.listen({ path: this.#socket });
    await chmod(this.#socket, 0o600);
  }

  async dispose(): Promise<void> {
    await this.#app.close();
    await rm(this.#socket, { force: true });
  }

  #serve(route: Route, handler: AnyHandler, actor: Actor): void {
    this.#app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const result = await handler({ ...checked(route, request), actor, signal: goneSignal(request, reply) });
        if (route.reply === "bytes") {
          const { body } = result as ByteReply;
          // The caller only sees that the connection breaks off.
          if (!Buffer.isBuffer(body)) body.once("error", (fault) => this.#log(`${request.url}: ${fault.message}`));
          return sendBytes(reply, result as ByteReply);
        }
        return reply.type("application/json").send(JSON.stringify(result));
      },
    });
  }

  #serveEvents(route: Route, serve: ServeEvents): void {
    this.#app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const { query } = checked(route, request);
        reply.hijack();
        serve(request.raw, reply.raw, query as { workspace?: string });
      },
    });
  }
}

function checked(route: Route, request: FastifyRequest): { params: unknown; query: unknown; body: unknown } {
  return {
    params: check(route.params, request.params, "path"),
    query: check(route.query, request.query, "query"),
    body: check(route.body, request.body ?? {}, "body"),
  };
}

function check(schema: ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const words = result.error.issues.map((issue) => `${[where, ...issue.path].join(".")}: ${issue.message}`);
  throw slipwayError("invalid-request", `The request is not valid: ${words.join("; ")}.`, {
    details: { issues: words },
  });
}

function goneSignal(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  request.raw.once("aborted", () => gone.abort());
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

function sendBytes(reply: FastifyReply, bytes: ByteReply): FastifyReply {
  return reply
    .code(bytes.status ?? 200)
    .headers({ "x-content-type-options": "nosniff", ...bytes.headers })
    .type(bytes.contentType)
    .send(bytes.body);
}

function asCoded(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const status = (thrown as { statusCode?: number }).statusCode;
  if (status === 413) return slipwayError("too-large", `The body is over ${maxBodyBytes} bytes.`);
  if (status === 415) return slipwayError("unsupported-media-type", "The body must be application/json.");
  if (status !== undefined && status < 500) return slipwayError("invalid-request", messageOf(thrown));
  const fault = storeFault(errnoOf(thrown), messageOf(thrown));
  if (fault) return fault;
  return slipwayError("internal", messageOf(thrown), { next: "See `slipway engine logs`.", cause: thrown });
}
