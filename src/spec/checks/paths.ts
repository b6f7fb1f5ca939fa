import { resolvePath, folderOf, baseName } from "../paths.ts";
import { nearest } from "../problems/nearest.ts";
import type { YamlPath } from "../yaml/node.ts";
import { isPlaceholder, type CheckContext } from "./context.ts";

interface PathRule {
  /** What the path is, for messages: `code`, `conda file`. */
  what: string;
  /**
   * What a missing path means. `error`: Azure refuses the file (code, conda file, build folder). `later`: data may be
   * put there before the job is sent, so Azure takes the file; only a mistyped name is an error.
   */
  missing: "error" | "later";
  expected?: "file" | "folder";
  /** What the path is relative to; the YAML file's folder when left out. */
  base?: string;
}

/** Looks whether a local path exists. Returns what is there. */
export function checkLocalPath(
  context: CheckContext,
  path: YamlPath,
  local: string,
  rule: PathRule,
): "file" | "folder" | undefined {
  const resolved = resolvePath(rule.base ?? context.folder, local);
  const found = context.files.exists(resolved);
  if (found === undefined) {
    reportMissing(context, path, local, resolved, rule);
    return undefined;
  }
  if (rule.expected !== undefined && found !== rule.expected) {
    const message = `The ${rule.what} '${local}' is a ${found}, and a ${rule.expected} is expected. Name a ${rule.expected}.`;
    context.report("wrong-path-type", "error", message, path);
  }
  return found;
}

function reportMissing(context: CheckContext, path: YamlPath, local: string, resolved: string, rule: PathRule): void {
  if (isPlaceholder(local)) {
    return context.report(
      "placeholder",
      rule.missing === "error" ? "error" : "warning",
      `'${local}' is a placeholder. Fill in the path.`,
      path,
    );
  }
  const near = nearName(context, local, resolved);
  const node = context.node(path);
  if (near !== undefined && node !== undefined) {
    const fix = { title: `Change to '${near}'`, range: node.range, newText: near };
    const message = `The ${rule.what} '${local}' does not exist (looked for ${resolved}). Did you mean '${near}'?`;
    return context.report("missing-path", "error", message, path, { fix });
  }
  if (rule.missing === "error") {
    const message = `The ${rule.what} '${local}' does not exist (looked for ${resolved}). Create it, or correct the path (relative to ${rule.base === undefined ? "this file" : "the build folder"}).`;
    return context.report("missing-path", "error", message, path);
  }
  const message = `The ${rule.what} '${local}' does not exist yet (looked for ${resolved}). Put it there before you use this file.`;
  context.report("path-not-found-yet", "warning", message, path);
}

/** The path with its last part corrected, when the folder holds a name that is near. */
function nearName(context: CheckContext, local: string, resolved: string): string | undefined {
  const names = context.files.list?.(folderOf(resolved)) ?? [];
  const wrong = baseName(resolved);
  const near = nearest(wrong, names);
  // `part-1.csv` beside `part-2.csv` is no mistyped name.
  if (near === undefined || near.replace(/\d+/g, "#") === wrong.replace(/\d+/g, "#")) return undefined;
  const at = local.lastIndexOf(wrong);
  return at < 0 ? near : local.slice(0, at) + near + local.slice(at + wrong.length);
}
