import { invalidParameter } from "./fault.ts";

/**
 * The path of an artifact, safe to use as a name. It is decoded until it no longer changes (a doubly encoded `..` is a
 * `..`), then refused when it holds `..`, `\`, `#`, a control character, a drive or is absolute. Empty parts and `.`
 * fall away.
 */
export function safeArtifactPath(path: string): string {
  const decoded = decodeFully(path);
  const parts = decoded.split("/");
  if (
    /[\\#\p{Cc}]/u.test(decoded) ||
    decoded.startsWith("/") ||
    /^[a-zA-Z]:/.test(decoded) ||
    /^[a-z][a-z0-9+.-]*:\//i.test(decoded) ||
    parts.includes("..")
  ) {
    throw invalidParameter("Invalid path");
  }
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

function decodeFully(path: string): string {
  let current = path;
  for (let round = 0; round < 10; round++) {
    let next: string;
    try {
      next = decodeURIComponent(current);
    } catch {
      // A stray `%` that encodes nothing belongs to the name.
      return current;
    }
    if (next === current) return current;
    current = next;
  }
  throw invalidParameter("Invalid path");
}
