import type { Problem } from "../problems/problem.ts";
import { plainOf, type YamlPath } from "../yaml/node.ts";
import { parseYaml } from "../yaml/parse.ts";
import type { PyValue } from "../yaml/values.ts";
import type { Override } from "./override.ts";

export interface ParsedOverrides {
  overrides: Override[];
  problems: Problem[];
}

/**
 * Reads `--set` pairs (`a.b=c`, `x[0].y=z`). As with `az`, a value stays text (the loader casts "60" where an integer is
 * wanted); `{…}` and `[…]` are read as JSON or YAML, and `null` means null.
 */
export function parseOverrides(pairs: readonly string[]): ParsedOverrides {
  const parsed: ParsedOverrides = { overrides: [], problems: [] };
  for (const flag of pairs) {
    const at = flag.indexOf("=");
    const path = at > 0 ? parseOverridePath(flag.slice(0, at)) : undefined;
    if (path === undefined) {
      parsed.problems.push(
        badOverride(flag, `'--set ${flag}' is not NAME=VALUE, such as inputs.epochs=3. Correct it.`),
      );
      continue;
    }
    const value = parseValue(flag.slice(at + 1));
    if (value === undefined) {
      parsed.problems.push(
        badOverride(flag, `The value of '--set ${flag}' is neither JSON nor YAML. Correct its brackets and quotes.`),
      );
    } else parsed.overrides.push({ set: path, value, flag });
  }
  return parsed;
}

/** Reads `--remove` paths. */
export function parseRemovals(paths: readonly string[]): ParsedOverrides {
  const parsed: ParsedOverrides = { overrides: [], problems: [] };
  for (const flag of paths) {
    const path = parseOverridePath(flag);
    if (path) parsed.overrides.push({ remove: path, flag });
    else parsed.problems.push(badOverride(flag, `'--remove ${flag}' is no path, such as inputs.epochs. Correct it.`));
  }
  return parsed;
}

/** `a.b[0].c` as steps; a dot in a key is written `\.`. */
function parseOverridePath(text: string): YamlPath | undefined {
  const steps: (string | number)[] = [];
  const pattern = /(?:^|\.)((?:\\.|[^.[\]\\])+)|\[(\d{1,6})\]/y;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    if (match[1] !== undefined) steps.push(match[1].replace(/\\(.)/g, "$1"));
    else steps.push(Number(match[2]));
    at = pattern.lastIndex;
  }
  if (steps.length === 0 || steps.includes("__proto__")) return undefined;
  return steps;
}

function parseValue(text: string): PyValue | undefined {
  if (text === "null") return null;
  if (!/^\s*[[{]/.test(text)) return text;
  if (text.includes("${{") && !/^\s*[[{]\s*["'\w]/.test(text)) return text;
  const parsed = parseYaml(text);
  return parsed.problems.length > 0 || parsed.root === undefined ? undefined : plainOf(parsed.root);
}

function badOverride(flag: string, message: string): Problem {
  const range = { line: 1, column: 1, endLine: 1, endColumn: flag.length + 1 };
  return { code: "bad-override", severity: "error", message, range, origin: "flag", path: "" };
}
