import { parseTemplate } from "../expressions/parse.ts";
import { detectKind } from "../kinds/detectKind.ts";
import { isKnownKind } from "../kinds/kindName.ts";
import { schemasAt, type JsonSchema } from "../kinds/kinds.ts";
import { entryOf, nodeAt, pathText, plainOf, type SpecNode } from "../yaml/node.ts";
import { parseYaml } from "../yaml/parse.ts";
import { pythonStr } from "../yaml/pythonStr.ts";
import type { SourceRange } from "../yaml/range.ts";
import { cursorAt } from "./cursor.ts";

export interface Hover {
  /** Markdown. */
  text: string;
  range: SourceRange;
}

/** What is known about the key or value at a position (lines and columns from 1). */
export function hoverAt(text: string, line: number, column: number): Hover | undefined {
  const { root } = parseYaml(text);
  const kind = detectKind(root);
  if (!root || !isKnownKind(kind)) return undefined;
  const cursor = cursorAt(root, line, column);
  if (!cursor) return undefined;
  const schemas = schemasAt(kind, cursor.path, (depth) => {
    const node = nodeAt(root, cursor.path.slice(0, depth));
    return node && plainOf(node);
  });
  const description = schemas.find((schema) => schema.description)?.description;
  const parts = [`**${pathText(cursor.path)}** — ${describeType(schemas)}`];
  if (description) parts.push(description);
  const value = nodeAt(root, cursor.path);
  if (cursor.on === "value" && value?.kind === "scalar") parts.push(...valueNotes(root, value.value as never));
  return { text: parts.join("\n\n"), range: cursor.range };
}

function describeType(schemas: readonly JsonSchema[]): string {
  const names = schemas.flatMap((schema) => {
    if (schema.enum) return [schema.enum.map((word) => `\`${String(word)}\``).join(" | ")];
    if (schema.properties ?? schema.additionalProperties) return ["mapping"];
    return schema.type === undefined ? [] : [schema.type];
  });
  return [...new Set(names)].join(" or ") || "any value";
}

function valueNotes(root: SpecNode, value: unknown): string[] {
  if (typeof value !== "string") return [`Python prints it as \`${pythonStr(value as never)}\`.`];
  const notes = parseTemplate(value).expressions.flatMap(({ text, scope, name }) => {
    if ((scope !== "inputs" && scope !== "outputs") || name === undefined) return [];
    const declared = entryOf(entryOf(root, scope)?.value, name)?.value;
    if (!declared) return [`\`${text}\` is not declared.`];
    return [`\`${text}\`: \`${pythonStr(plainOf(declared))}\``];
  });
  return [...new Set(notes)];
}
