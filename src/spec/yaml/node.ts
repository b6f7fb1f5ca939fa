import type { SourceOrigin, SourceRange } from "./range.ts";
import { nonStringKeyMark } from "./pythonStr.ts";
import { isPyMapping, type PyScalar, type PyValue } from "./values.ts";

/** A parsed YAML value with the place it was written at. */
export type SpecNode = ScalarNode | MappingNode | SequenceNode;

export interface ScalarNode {
  kind: "scalar";
  value: PyScalar;
  /** The characters of the scalar as written, without quotes and escapes resolved; the value's text for quoted ones. */
  source: string;
  plain: boolean;
  range: SourceRange;
  origin: SourceOrigin;
  /** The place of the n-th occurrence (from 0) of a text in the scalar as it stands in the file. */
  locate?: (text: string, occurrence: number) => SourceRange | undefined;
}

export interface MappingNode {
  kind: "mapping";
  entries: MappingEntry[];
  range: SourceRange;
  origin: SourceOrigin;
}

export interface MappingEntry {
  /** The key as text; a key that is no string in Python starts with `nonStringKeyMark`. */
  key: string;
  keyRange: SourceRange;
  value: SpecNode;
  /** Came in through a merge key (`<<`). */
  merged: boolean;
}

export interface SequenceNode {
  kind: "sequence";
  items: SpecNode[];
  range: SourceRange;
  origin: SourceOrigin;
}

/** A place in a document: keys and list indices from the root. */
export type YamlPath = readonly (string | number)[];

/** The entry under a key, if the node is a mapping that has it. */
export function entryOf(node: SpecNode | undefined, key: string): MappingEntry | undefined {
  if (node?.kind !== "mapping") return undefined;
  if (node.entries.length < 16) return node.entries.find((entry) => entry.key === key);
  let index = indexes.get(node);
  if (!index) {
    index = new Map(node.entries.map((entry) => [entry.key, entry]));
    indexes.set(node, index);
  }
  return index.get(key);
}

/** Entries by key, for large mappings. Nodes are never changed once they are made. */
const indexes = new WeakMap<MappingNode, Map<string, MappingEntry>>();

/** The node at a path, or nothing. */
export function nodeAt(root: SpecNode | undefined, path: YamlPath): SpecNode | undefined {
  let node = root;
  for (const step of path) {
    if (node === undefined) return undefined;
    if (typeof step === "number") node = node.kind === "sequence" ? node.items[step] : undefined;
    else node = entryOf(node, step)?.value;
  }
  return node;
}

/** The string at a path, or nothing when there is none or it is no string. */
export function stringAt(root: SpecNode | undefined, path: YamlPath): string | undefined {
  const node = nodeAt(root, path);
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

/**
 * The range to show for a path: the value's, or of the nearest parent that exists (the first key, for the file).
 * `onKey` points at the key instead of the value.
 */
export function rangeAt(root: SpecNode | undefined, path: YamlPath, onKey = false): SourceRange | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(root, path.slice(0, length));
    if (!node) continue;
    const last = path[length - 1];
    const parent = nodeAt(root, path.slice(0, Math.max(0, length - 1)));
    if (length > 0 && typeof last === "string" && (onKey || length < path.length || node.kind !== "scalar")) {
      const entry = entryOf(parent, last);
      if (entry) return entry.keyRange;
    }
    return length === 0 && node.kind === "mapping" ? (node.entries[0]?.keyRange ?? node.range) : node.range;
  }
  return undefined;
}

/** The value as plain data. Keys that are no strings keep their mark. */
export function plainOf(node: SpecNode): PyValue {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "sequence") return node.items.map(plainOf);
  const plain: { [key: string]: PyValue } = {};
  for (const entry of node.entries) plain[entry.key] = plainOf(entry.value);
  return plain;
}

/** A node for a value that was not written in a file. */
export function nodeOf(value: PyValue, range: SourceRange, origin: SourceOrigin): SpecNode {
  if (Array.isArray(value)) {
    return { kind: "sequence", items: value.map((item) => nodeOf(item, range, origin)), range, origin };
  }
  if (isPyMapping(value)) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key,
      keyRange: range,
      value: nodeOf(item, range, origin),
      merged: false,
    }));
    return { kind: "mapping", entries, range, origin };
  }
  const source = typeof value === "string" ? value : "";
  return { kind: "scalar", value, source, plain: false, range, origin };
}

/** `inputs.data.path`, `items[0].x`: a path for people. */
export function pathText(path: YamlPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else {
      const key = step.startsWith(nonStringKeyMark) ? step.slice(1) : step;
      text += text === "" ? key : `.${key}`;
    }
  }
  return text;
}
