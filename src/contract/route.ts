import * as z from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a reply carries: JSON that a schema describes, raw bytes, or server-sent events. */
export type ReplyKind = z.ZodType | "bytes" | "events";

/**
 * One row of the route table. Paths name parameters as `:name`. `query` values arrive as text, so their schemas coerce.
 * The engine implements the table, the client is built from it, OpenAPI is generated from it.
 */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends ReplyKind = ReplyKind,
> {
  method: Method;
  path: `/api/v1/${string}`;
  /** One sentence for the generated reference. */
  summary: string;
  params: Params;
  query: Query;
  body: Body;
  reply: Reply;
}

const none = z.object({});

/** Declares a route; what is not given is an empty object. */
export function route<
  Reply extends ReplyKind,
  Params extends z.ZodType = typeof none,
  Query extends z.ZodType = typeof none,
  Body extends z.ZodType = typeof none,
>(row: {
  method: Method;
  path: `/api/v1/${string}`;
  summary: string;
  params?: Params;
  query?: Query;
  body?: Body;
  reply: Reply;
}): Route<Params, Query, Body, Reply> {
  return {
    method: row.method,
    path: row.path,
    summary: row.summary,
    params: row.params ?? (none as unknown as Params),
    query: row.query ?? (none as unknown as Query),
    body: row.body ?? (none as unknown as Body),
    reply: row.reply,
  };
}

export type ParamsOf<R extends Route> = z.output<R["params"]>;
export type QueryOf<R extends Route> = z.output<R["query"]>;
export type QueryInputOf<R extends Route> = z.input<R["query"]>;
export type BodyOf<R extends Route> = z.output<R["body"]>;
export type BodyInputOf<R extends Route> = z.input<R["body"]>;
export type ReplyOf<R extends Route> = R["reply"] extends z.ZodType ? z.output<R["reply"]> : never;

/** `GET` parameters that are lists repeat their key; one value arrives as text. */
export function listOf<T extends z.ZodType>(item: T): z.ZodType<z.output<T>[]> {
  return z.preprocess(
    (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(item),
  ) as unknown as z.ZodType<z.output<T>[]>;
}

/** A boolean in a query string. */
export const flag = z.preprocess((value) => value === true || value === "true" || value === "1", z.boolean());

/** A non-negative whole number in a query string. */
export const count = z.coerce.number().int().nonnegative();
