import type { IncomingMessage } from "node:http";
import { slipwayError } from "#contract/errors.ts";
import type { Actor } from "../core/actor.ts";

/**
 * The one gate of the TCP door, before any routing: Host on the allow-list (the port does not matter: proxies change
 * it), no foreign Origin, a bearer token. It does not look at the method, so that no method can be forgotten.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>;
  readonly #verify: (token: string) => Actor;

  constructor(options: { allowedHosts: readonly string[]; verify: (token: string) => Actor }) {
    this.#hosts = new Set(
      ["localhost", "127.0.0.1", "[::1]", ...options.allowedHosts].map((host) => host.toLowerCase()),
    );
    this.#verify = options.verify;
  }

  /** Who is asking. Throws `forbidden-host`, `forbidden-origin` or `unauthenticated`. */
  admit(request: IncomingMessage): Actor {
    this.checkHost(request);
    refuseOrigin(request);
    const [scheme, token] = (request.headers.authorization ?? "").split(" ");
    return this.#verify(scheme?.toLowerCase() === "bearer" ? (token ?? "") : "");
  }

  checkHost(request: IncomingMessage): void {
    const host = hostName(request.headers.host ?? "");
    if (!this.#hosts.has(host)) {
      throw slipwayError("forbidden-host", `The host name "${host}" is not allowed.`, {
        next: `Add "${host}" to the setting slipway.engine.allowedHosts (or SLIPWAY_ALLOWED_HOSTS) and restart the engine.`,
      });
    }
  }
}

/** Browsers name the page that asks; none of ours asks this way, so every Origin is foreign. */
export function refuseOrigin(request: IncomingMessage): void {
  if (request.headers.origin !== undefined || request.headers["sec-fetch-site"] === "cross-site") {
    throw slipwayError(
      "forbidden-origin",
      `Requests from web pages are refused (origin ${request.headers.origin ?? "unknown"}).`,
    );
  }
}

/** The name without its port. What is no name with a port stays whole, and so matches nothing. */
function hostName(host: string): string {
  const [, name = host] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host) ?? [];
  return name.toLowerCase();
}
