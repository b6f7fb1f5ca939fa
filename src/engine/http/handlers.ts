import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Api } from "#contract/api.ts";
import type { BodyOf, ParamsOf, QueryOf, Route } from "#contract/route.ts";
import type { z } from "zod";
import type { Actor } from "../core/actor.ts";

/** Bytes as a reply. A stream that fails half-way ends the connection, so that the caller sees it is not whole. */
export interface ByteReply {
  body: Readable | Buffer;
  contentType: string;
  headers?: Record<string, string>;
  status?: number;
}

/** What a handler is given: everything is checked against the contract already. */
export interface Request<R extends Route> {
  params: ParamsOf<R>;
  query: QueryOf<R>;
  body: BodyOf<R>;
  actor: Actor;
  /** Aborted when the caller is gone. */
  signal: AbortSignal;
}

type Outcome<R extends Route> = R["reply"] extends "bytes"
  ? ByteReply
  : R["reply"] extends z.ZodType
    ? z.input<R["reply"]>
    : never;

/** The engine's implementation of the route table; a wrong reply does not compile. `events` is served by the event hub. */
export type Handlers = {
  [K in Exclude<keyof Api, "events">]: (request: Request<Api[K]>) => Promise<Outcome<Api[K]>>;
};

/** Serves one connection of server-sent events. */
export type ServeEvents = (
  request: IncomingMessage,
  response: ServerResponse,
  query: { workspace?: string | undefined },
) => void;
