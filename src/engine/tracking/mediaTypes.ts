import { posix } from "node:path";

const byEnding: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".parquet": "application/octet-stream",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".py": "text/plain",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".log": "text/plain",
  ".xml": "application/xml",
  ".yaml": "text/plain",
  ".yml": "text/plain",
};

const textNames = new Set(["MLmodel", "MLproject"]);

/** The content type of a file by its name. */
export function mediaType(path: string): string {
  if (textNames.has(posix.basename(path))) return "text/plain";
  return byEnding[posix.extname(path).toLowerCase()] ?? "application/octet-stream";
}

/** `Content-Disposition` for a download, with names beyond ASCII as RFC 5987 writes them. */
export function attachment(path: string): string {
  const name = posix.basename(path);
  if (/^[A-Za-z0-9!#$&+\-.^_`|~]+$/.test(name)) return `attachment; filename=${name}`;
  const plain = name.replace(/[^\x20-\x7e]/g, "_").replace(/["\\]/g, "\\$&");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
