import { createHash } from "node:crypto";

/** An asset before it has a version. */
export interface AssetDraft {
  name: string;
  version: string | undefined;
  type: string | null;
  path: string | null;
  description: string | null;
  tags: Record<string, string>;
  properties: Record<string, string>;
  /** The frozen files; null when it stands where it was registered, or has none. */
  tree: string | null;
  digest: string | null;
  bytes: number | null;
  producedBy: string | null;
  /** The document by its YAML keys, without name, version and what is shown beside it. */
  document: Record<string, unknown>;
}

/**
 * What makes two versions the same: type, files (or the place, for what is not frozen) and the document. Description,
 * tags and properties may change and do not count.
 */
export function contentOf(draft: AssetDraft): string {
  const { type, tree, digest, document } = draft;
  const place = tree === null ? { path: draft.path, digest } : { tree };
  return createHash("sha256")
    .update(canonicalJson({ type, ...place, document }))
    .digest("hex");
}

/** JSON with sorted keys. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
