/** POSIX path arithmetic without Node, so that it also runs in a browser. */

/** Removes `.`, `..` and doubled slashes. An empty path is `.`. */
function normalizePath(path: string): string {
  const absolute = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (part !== ".." || !absolute) kept.push(part);
  }
  const joined = kept.join("/");
  if (absolute) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** The path, taken from `folder` unless it is absolute. */
export function resolvePath(folder: string, path: string): string {
  return normalizePath(path.startsWith("/") ? path : `${folder === "" ? "." : folder}/${path}`);
}

/** The folder a path lies in. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  if (at < 0) return ".";
  return at === 0 ? "/" : path.slice(0, at);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return normalizePath(path).split("/").at(-1) ?? "";
}
