import type { IncomingMessage } from "node:http";
import type { Api } from "#contract/api.ts";
import type { BodyInputOf, ParamsOf, QueryInputOf, QueryOf, ReplyOf, Route } from "#contract/route.ts";
import { routeTable, type RouteRow } from "./routeTable.ts";
import type { WireRequest } from "./wire.ts";

/** A query as a caller writes it: values of the types that the engine gets, what has a default may be left out. */
type QueryArgs<R extends Route, In = QueryInputOf<R>, Out = QueryOf<R>> = {
  [K in keyof Out & keyof In as undefined extends In[K] ? never : K]: Out[K];
} & { [K in keyof Out & keyof In as undefined extends In[K] ? K : never]?: Out[K] | undefined };

/** What nothing is required of. `{}` by a name that says so. */
type Nothing = Record<never, never>;

/** Makes a key optional when nothing in it is required. */
type Part<Key extends string, Value> = Nothing extends Value ? { [K in Key]?: Value } : { [K in Key]: Value };

export type CallArgs<R extends Route> = Part<"params", ParamsOf<R>> &
  Part<"query", QueryArgs<R>> &
  Part<"body", BodyInputOf<R>>;

export interface CallOptions {
  signal?: AbortSignal;
}

type Call<R extends Route, Result> =
  Nothing extends CallArgs<R>
    ? (args?: CallArgs<R>, options?: CallOptions) => Promise<Result>
    : (args: CallArgs<R>, options?: CallOptions) => Promise<Result>;

/** A reply of raw bytes. A body that breaks off ends with an error, never as if it were whole. */
export interface ByteStream {
  body: IncomingMessage;
  contentType: string;
  /** The size that the engine announced; null when it is not known beforehand. */
  bytes: number | null;
}

type ByteRoutes = { [K in keyof Api]: Api[K]["reply"] extends "bytes" ? K : never }[keyof Api];
type JsonRoutes = Exclude<keyof Api, ByteRoutes | "events">;

/** One method a route of the contract: `client.showJob({ params: { workspace, name } })`. */
export type ApiCalls = { readonly [K in JsonRoutes]: Call<Api[K], ReplyOf<Api[K]>> } & {
  readonly [K in ByteRoutes]: Call<Api[K], ByteStream>;
};

/** Arguments as the generic caller sees them. */
export interface LooseArgs {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export type Caller = (name: keyof Api, args: LooseArgs, options: CallOptions) => Promise<unknown>;

/** All methods, each handing its arguments to `caller`. */
export function buildCalls(caller: Caller): ApiCalls {
  const names = Object.keys(routeTable) as (keyof Api)[];
  const methods = names
    .filter((name) => routeTable[name].reply !== "events")
    .map((name) => [
      name,
      (args: LooseArgs = {}, options: CallOptions = {}): Promise<unknown> => caller(name, args, options),
    ]);
  return Object.fromEntries(methods) as ApiCalls;
}

/** The request that a call becomes. */
export function toWire(row: RouteRow, args: LooseArgs): WireRequest {
  const path = row.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(args.params?.[name] ?? "")));
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(args.query ?? {})) {
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) query.append(key, String(item));
  }
  const target = query.size > 0 ? `${path}?${query}` : path;
  const hasBody = row.method !== "GET" && row.method !== "DELETE";
  return { method: row.method, target, ...(hasBody ? { body: JSON.stringify(args.body ?? {}) } : {}) };
}

/** True when sending a call twice does what sending it once does. */
export function isRepeatable(name: keyof Api, args: LooseArgs): boolean {
  // A job's name makes its submit one: the same name and content is the same job.
  if (name === "submitJob") return typeof (args.body as { name?: unknown } | undefined)?.name === "string";
  return (
    name === "preflightJob" ||
    name === "readArtifacts" ||
    name === "cancelJob" ||
    ["GET", "PUT", "PATCH"].includes(routeTable[name].method)
  );
}
