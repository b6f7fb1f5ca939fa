import type { SlipwayClient } from "#client/client.ts";
import { routeTable, type RouteRow } from "#client/routeTable.ts";
import { normalisedDocument, type SentDocument } from "./normalised.ts";

interface Args {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

/** Raised in the place of a request that would change something: `--dry-run` prints it. */
export class PlannedRequest extends Error {
  readonly route: string;
  readonly args: Args;

  constructor(route: string, args: Args) {
    super(`${route} was not sent`);
    this.route = route;
    this.args = args;
  }
}

/** A client that reads as `real` does and raises {@link PlannedRequest} for what would change something. */
export function dryClient(real: () => Promise<SlipwayClient>): SlipwayClient {
  return new Proxy({} as SlipwayClient, {
    get(_target, name) {
      const row = typeof name === "string" ? rowOf(name) : undefined;
      if (!row) return undefined;
      if (row.method !== "GET") return (args: Args) => Promise.reject(new PlannedRequest(String(name), args));
      return async (...args: unknown[]) => {
        const client = await real();
        return (client[name as "showJob"] as (...args: unknown[]) => unknown)(...args);
      };
    },
  });
}

function rowOf(name: string): RouteRow | undefined {
  return Object.hasOwn(routeTable, name) ? routeTable[name as keyof typeof routeTable] : undefined;
}

/**
 * A request as `--dry-run` prints it, with the document that the engine would read. A workspace that nobody named stays
 * `:workspace`: the engine's default. Throws `invalid-document`.
 */
export function shownRequest({ route, args }: { route: string; args: Args }): Record<string, unknown> {
  const { method = "", path = "" } = rowOf(route) ?? {};
  const { params = {}, query, body } = args;
  const document = normalisedDocument(familyOf(route, params), (body ?? {}) as SentDocument);
  return {
    method,
    path: path.replace(/:(\w+)/g, (all, key: string) => (params[key] ? encodeURIComponent(params[key]) : all)),
    ...(query && Object.keys(query).length > 0 ? { query } : {}),
    ...(body === undefined ? {} : { body }),
    ...(document ? { document } : {}),
  };
}

function familyOf(route: string, params: Record<string, string>): string {
  if (route === "submitJob") return "job";
  return route === "createAsset" ? (params["kind"] ?? "") : route.replace(/^create/, "").toLowerCase();
}
