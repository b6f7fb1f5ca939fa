import { didYouMean } from "../problems/nearest.ts";
import type { ProblemCode } from "../problems/problemCodes.ts";
import { parseTemplate, type Expression } from "./parse.ts";

/** The values that expressions stand for, already as text (see `pythonStr`). A missing optional input is left out. */
export interface RenderScope {
  inputs: Readonly<Record<string, string | undefined>>;
  outputs: Readonly<Record<string, string | undefined>>;
  searchSpace?: Readonly<Record<string, string | undefined>>;
  /** The job's name, for `${{name}}`. */
  name?: string;
  defaultDatastore?: string;
}

export interface RenderProblem {
  code: ProblemCode;
  message: string;
  start: number;
  end: number;
}

export interface Rendered {
  text: string;
  problems: RenderProblem[];
}

/**
 * Puts the values into a template as Azure ML does: no quoting is added, a block `$[[ … ]]` vanishes unless each of its
 * inputs has a value. A block without any expression keeps its text without the brackets (bash would read `$[ ]` as arithmetic).
 */
export function render(template: string, scope: RenderScope): Rendered {
  const parsed = parseTemplate(template);
  const problems: RenderProblem[] = parsed.faults.map(({ message, start, end }) => ({
    code: "bad-expression" as const,
    message,
    start,
    end,
  }));
  const part = (from: number, to: number): string =>
    renderPart({ template, from, to, expressions: parsed.expressions, scope, problems });
  let text = "";
  let at = 0;
  for (const block of parsed.blocks) {
    text += part(at, block.start);
    const inside = parsed.expressions.filter((item) => item.start >= block.start && item.end <= block.end);
    if (inside.every((item) => item.scope !== "inputs" || valueOf(item, scope) !== undefined)) {
      text += part(block.start + 3, block.end - 2);
    }
    at = block.end;
  }
  return { text: text + part(at, template.length), problems };
}

interface Part {
  template: string;
  from: number;
  to: number;
  expressions: readonly Expression[];
  scope: RenderScope;
  problems: RenderProblem[];
}

function renderPart({ template, from, to, expressions, scope, problems }: Part): string {
  let text = "";
  let at = from;
  for (const expression of expressions) {
    if (expression.start < from || expression.end > to) continue;
    text += template.slice(at, expression.start);
    at = expression.end;
    const value = valueOf(expression, scope);
    if (value === undefined) {
      if (expression.scope !== undefined) problems.push(missing(expression, scope));
      text += expression.text;
    } else text += value;
  }
  return text + template.slice(at, to);
}

function ownValue(values: Readonly<Record<string, string | undefined>> | undefined, name: string): string | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

function valueOf(expression: Expression, scope: RenderScope): string | undefined {
  const name = expression.name ?? "";
  if (expression.scope === "inputs") return ownValue(scope.inputs, name);
  if (expression.scope === "outputs") return ownValue(scope.outputs, name);
  if (expression.scope === "search_space") return ownValue(scope.searchSpace, name);
  if (expression.scope === "name") return scope.name;
  if (expression.scope === "default_datastore") return scope.defaultDatastore;
  return undefined;
}

function missing(expression: Expression, scope: RenderScope): RenderProblem {
  const { start, end, text, name = "" } = expression;
  if (expression.scope === "outputs") {
    const message = `${text} names an output that is not declared. Declare it under 'outputs'.${didYouMean(name, Object.keys(scope.outputs))}`;
    return { code: "unknown-output", message, start, end };
  }
  if (expression.scope === "inputs") {
    const message = `${text} has no value. Give the input a value, or put the part in $[[ ]] to make it optional.${didYouMean(name, Object.keys(scope.inputs))}`;
    return { code: "unknown-input", message, start, end };
  }
  return {
    code: "unknown-scope",
    message: `${text} has no value here. Use \${{inputs.…}} or \${{outputs.…}}.`,
    start,
    end,
  };
}
