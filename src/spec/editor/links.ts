import { detectKind } from "../kinds/detectKind.ts";
import { isKnownKind } from "../kinds/kindName.ts";
import { folderOf, resolvePath } from "../paths.ts";
import { parseReference, type Reference } from "../references/reference.ts";
import { pathText, type SpecNode, type YamlPath } from "../yaml/node.ts";
import { parseYaml } from "../yaml/parse.ts";
import type { SourceRange } from "../yaml/range.ts";

/** A reference in a file: what an editor makes a link of. */
export interface LinkedReference {
  range: SourceRange;
  /** The YAML path, such as `inputs.data.path`. */
  path: string;
  text: string;
  reference: Reference;
  /** Resolved path, for a local one. */
  target?: string;
}

const referenceKeys = [
  "code",
  "environment",
  "compute",
  "path",
  "conda_file",
  "component",
  "dockerfile_path",
  "ssh_private_key_file",
];

/** Every reference in a file, in order. */
export function referencesIn(text: string, path: string): LinkedReference[] {
  const { root } = parseYaml(text);
  if (!root || !isKnownKind(detectKind(root))) return [];
  const links: LinkedReference[] = [];
  collect(root, [], folderOf(path), links);
  return links;
}

function collect(node: SpecNode, path: YamlPath, folder: string, links: LinkedReference[]): void {
  if (node.kind === "mapping") {
    for (const { key, value, merged } of node.entries) if (!merged) collect(value, [...path, key], folder, links);
  } else if (node.kind === "sequence") {
    node.items.forEach((item, index) => collect(item, [...path, index], folder, links));
  } else if (typeof node.value === "string" && isReferenceKey(path))
    addLink(node.value, node.range, path, folder, links);
}

/** `path` is also the name of a route of a serving container, which is no reference. */
function isReferenceKey(path: YamlPath): boolean {
  const last = path.findLast((step) => typeof step === "string") ?? "";
  if (path[0] === "additional_includes") return true;
  return referenceKeys.includes(last) && !path.some((step) => String(step).endsWith("_route")) && path[0] !== "tags";
}

function addLink(text: string, range: SourceRange, path: YamlPath, folder: string, links: LinkedReference[]): void {
  const reference = parseReference(text);
  if (reference.kind === "bad" || reference.kind === "expression") return;
  if (reference.kind === "local" && (path[0] === "compute" || path[0] === "outputs")) return;
  const target = reference.kind === "local" ? { target: resolvePath(folder, reference.path) } : {};
  links.push({ range, path: pathText(path), text, reference, ...target });
}
