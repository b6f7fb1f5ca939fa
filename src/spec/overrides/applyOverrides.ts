import type { Problem } from "../problems/problem.ts";
import { nodeOf, pathText, type MappingEntry, type SpecNode, type YamlPath } from "../yaml/node.ts";
import type { SourceRange } from "../yaml/range.ts";
import type { Override } from "./override.ts";

export interface Overridden {
  root: SpecNode;
  problems: Problem[];
}

/** Makes the changes on a copy of the document. The ranges of what was set point into the flag's own text. */
export function applyOverrides(root: SpecNode, overrides: readonly Override[]): Overridden {
  const problems: Problem[] = [];
  let current = root;
  for (const override of overrides) {
    try {
      current = "set" in override ? setAt(current, override.set, override) : removeAt(current, override.remove);
    } catch (thrown) {
      if (!(thrown instanceof OverrideFault)) throw thrown;
      const path = "set" in override ? override.set : override.remove;
      problems.push({
        code: "bad-override",
        severity: "error",
        message: thrown.message,
        range: flagRange(override),
        origin: "flag",
        path: pathText(path),
      });
    }
  }
  return { root: current, problems };
}

class OverrideFault extends Error {}

function flagRange(override: Override): SourceRange {
  const from = "set" in override ? override.flag.indexOf("=") + 2 : 1;
  return { line: 1, column: from, endLine: 1, endColumn: Math.max(from, override.flag.length + 1) };
}

type SetOverride = Extract<Override, { set: YamlPath }>;

function setAt(node: SpecNode | undefined, path: YamlPath, override: SetOverride): SpecNode {
  const range = flagRange(override);
  const [step, ...rest] = path;
  if (step === undefined) return nodeOf(override.value, range, "flag");
  if (node?.kind === "scalar" && node.value !== null) {
    const message = `--set ${override.flag}: the value it would change is '${String(node.value)}', a reference or plain value with nothing inside. Set the whole key instead.`;
    throw new OverrideFault(message);
  }
  const index =
    typeof step === "number" ? step : node?.kind === "sequence" && /^\d{1,6}$/.test(step) ? Number(step) : undefined;
  if (index !== undefined && node?.kind !== "mapping") return setItem(node, index, rest, override);
  return setEntry(node, String(step), rest, override);
}

function setEntry(node: SpecNode | undefined, key: string, rest: YamlPath, override: SetOverride): SpecNode {
  const range = flagRange(override);
  const base = node?.kind === "mapping" ? node : undefined;
  const entries = base ? [...base.entries] : [];
  const at = entries.findIndex((entry) => entry.key === key);
  const value = setAt(entries[at]?.value, rest, override);
  const entry: MappingEntry = { key, keyRange: entries[at]?.keyRange ?? range, value, merged: false };
  if (at >= 0) entries[at] = entry;
  else entries.push(entry);
  return { kind: "mapping", entries, range: base?.range ?? range, origin: base?.origin ?? "flag" };
}

function setItem(node: SpecNode | undefined, index: number, rest: YamlPath, override: SetOverride): SpecNode {
  const range = flagRange(override);
  const base = node?.kind === "sequence" ? node : undefined;
  const items = base ? [...base.items] : [];
  if (index > items.length + 1000)
    throw new OverrideFault(`--set ${override.flag}: the list has ${items.length} items. Use an index within it.`);
  while (items.length < index) items.push(nodeOf(null, range, "flag"));
  items[index] = setAt(items[index], rest, override);
  return { kind: "sequence", items, range: base?.range ?? range, origin: base?.origin ?? "flag" };
}

function removeAt(node: SpecNode, path: YamlPath): SpecNode {
  const [step, ...rest] = path;
  if (node.kind === "mapping" && step !== undefined) {
    const entries = node.entries.flatMap((entry) => {
      if (entry.key !== String(step)) return [entry];
      return rest.length === 0 ? [] : [{ ...entry, value: removeAt(entry.value, rest) }];
    });
    return { ...node, entries };
  }
  if (node.kind === "sequence" && step !== undefined && Number.isInteger(Number(step))) {
    const index = Number(step);
    const items = node.items.flatMap((item, at) => {
      if (at !== index) return [item];
      return rest.length === 0 ? [] : [removeAt(item, rest)];
    });
    return { ...node, items };
  }
  return node;
}
