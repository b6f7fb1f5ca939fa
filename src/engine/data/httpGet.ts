import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { slipwayError } from "#contract/errors.ts";
import { publicAddress, type Address } from "./addresses.ts";

const maxRedirects = 3;
const connectTimeout = 15_000;
const idleTimeout = 60_000;

export interface GetOptions {
  headers: Record<string, string>;
  allowedHosts: ReadonlySet<string>;
  signal?: AbortSignal | undefined;
}

/**
 * `GET` for URLs that a document names: http and https only, at most three redirects, and each host is checked before
 * it is connected to (see `publicAddress`). Neither credentials nor cookies are ever sent on.
 */
export async function requestUrl(url: string, options: GetOptions): Promise<IncomingMessage> {
  let current = new URL(url);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (current.protocol !== "http:" && current.protocol !== "https:") {
      throw slipwayError("input-unavailable", `${current.protocol}// is not read from; only http and https are.`);
    }
    const address = await publicAddress(current.hostname, options.allowedHosts);
    const response = await get(current, address, options);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode === 304 || statusCode >= 400 || headers.location === undefined) return response;
    response.resume();
    current = new URL(headers.location, current);
  }
  throw slipwayError("input-unavailable", `${url} redirects more than ${maxRedirects} times.`);
}

function get(url: URL, { address, family }: Address, options: GetOptions): Promise<IncomingMessage> {
  const start = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = start(
      {
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        headers: { "User-Agent": "slipway", ...options.headers },
        // The address that was checked, whatever a second look-up would say.
        lookup: (_host, lookup, done) => {
          if (lookup.all) done(null, [{ address, family }]);
          else done(null, address, family);
        },
        timeout: connectTimeout,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (response) => {
        response.setTimeout(idleTimeout, () => response.destroy(new Error("the host went silent")));
        resolve(response);
      },
    );
    request.on("timeout", () => request.destroy(new Error("the host did not answer in time")));
    request.on("error", reject);
    request.end();
  });
}
