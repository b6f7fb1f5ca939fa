/**
 * One spelling for the many that Azure storage has, so that a mirror map of https prefixes serves all of them:
 * `wasbs://container@account.blob.core.windows.net/x` → `https://account.blob.core.windows.net/container/x`.
 * The query (a SAS token) and the fragment are no part of what is mapped. Undefined for what is no URL.
 */
export function canonicalUrl(text: string): string | undefined {
  const [, scheme, authority, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || rest === undefined) return undefined;
  const name = scheme.toLowerCase();
  const at = authority.lastIndexOf("@");
  if (/^(?:wasbs?|abfss?)$/.test(name) && at >= 0) {
    const host = fullHost(authority.slice(at + 1), name.startsWith("wasb") ? "blob" : "dfs");
    return `https://${host}/${authority.slice(0, at)}${rest}`;
  }
  if (name === "http" || name === "https") return `${name}://${authority.slice(at + 1).toLowerCase()}${rest}`;
  return `${name}://${authority}${rest}`;
}

/** `wasbs://container@account/` leaves the domain out. */
function fullHost(host: string, service: "blob" | "dfs"): string {
  const lower = host.toLowerCase();
  return lower.includes(".") ? lower : `${lower}.${service}.core.windows.net`;
}

/** What follows `prefix` in `url` when it begins there at a path boundary, both canonical. Empty for the prefix itself. */
export function below(prefix: string, url: string): string | undefined {
  const base = prefix.replace(/\/+$/, "");
  if (url === base) return "";
  return url.startsWith(`${base}/`) ? url.slice(base.length + 1) : undefined;
}
