import { keyText } from "../yaml/pythonStr.ts";
import type { SpecNode, YamlPath } from "../yaml/node.ts";
import { rangeContains, type SourceRange } from "../yaml/range.ts";

/** What stands at a position: a path, and whether the cursor is on the key or in the value. */
export interface Cursor {
  path: YamlPath;
  on: "key" | "value";
  range: SourceRange;
}

/** The innermost key or value at a position (lines and columns from 1). */
export function cursorAt(root: SpecNode, line: number, column: number, path: YamlPath = []): Cursor | undefined {
  if (root.kind === "mapping") {
    for (const { key, keyRange, value, merged } of root.entries) {
      if (merged) continue;
      const here = [...path, keyText(key)];
      if (rangeContains(keyRange, line, column)) return { path: here, on: "key", range: keyRange };
      if (rangeContains(value.range, line, column)) return cursorAt(value, line, column, here);
    }
    return undefined;
  }
  if (root.kind === "sequence") {
    for (const [index, item] of root.items.entries()) {
      if (rangeContains(item.range, line, column)) return cursorAt(item, line, column, [...path, index]);
    }
    return undefined;
  }
  return { path, on: "value", range: root.range };
}
