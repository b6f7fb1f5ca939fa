import { parseTemplate, expressionScopes, type Expression } from "../expressions/parse.ts";
import { nearest } from "../problems/nearest.ts";
import type { Fix } from "../problems/problem.ts";
import type { ScalarNode, YamlPath } from "../yaml/node.ts";
import type { SourceRange } from "../yaml/range.ts";
import type { CheckContext } from "./context.ts";

/** The names that expressions may use at a place. */
export interface BindingScope {
  inputs: readonly string[];
  outputs: readonly string[];
}

/** More problems than these in one text nobody reads. */
const mostProblems = 50;

/** Checks every `${{ … }}` and `$[[ … ]]` of a command (or another text that is rendered the same way). */
export function checkBindings(context: CheckContext, path: YamlPath, scope: BindingScope): void {
  const node = context.node(path);
  if (node?.kind !== "scalar" || typeof node.value !== "string") return;
  const parsed = parseTemplate(node.value);
  for (const fault of parsed.faults.slice(0, mostProblems)) {
    const known = fault.unknownScope === undefined ? undefined : nearest(fault.unknownScope, expressionScopes);
    const next =
      known === undefined
        ? fault.unknownScope === undefined
          ? ""
          : " Use inputs or outputs."
        : ` Did you mean '${known}'?`;
    const text = node.value.slice(fault.start, fault.end);
    context.report("bad-expression", "error", fault.message + next, path, { range: placeOf(node, text, fault.start) });
  }
  for (const expression of parsed.expressions.slice(0, 20 * mostProblems))
    checkExpression(context, path, node, expression, scope);
}

function checkExpression(
  context: CheckContext,
  path: YamlPath,
  node: ScalarNode,
  expression: Expression,
  scope: BindingScope,
): void {
  const range = placeOf(node, expression.text, expression.start);
  const report = (
    code: "unknown-input" | "unknown-output" | "unknown-scope",
    message: string,
    fix?: Fix,
    warn = false,
  ): void => {
    context.report(code, warn ? "warning" : "error", message, path, { range, ...(fix ? { fix } : {}) });
  };
  const name = expression.parts[1] ?? "";
  if (expression.scope === "inputs" && !scope.inputs.includes(name)) {
    const near = nearest(name, scope.inputs);
    const next = near === undefined ? "Declare it under 'inputs', or correct the name." : `Did you mean '${near}'?`;
    return report(
      "unknown-input",
      `${expression.text} names an input that is not declared. ${next}`,
      fixOf(expression, near, range),
    );
  }
  if (expression.scope === "outputs" && !scope.outputs.includes(name)) {
    const near = nearest(name, scope.outputs);
    const next = near === undefined ? "Declare it under 'outputs', or correct the name." : `Did you mean '${near}'?`;
    return report(
      "unknown-output",
      `${expression.text} names an output that is not declared. ${next}`,
      fixOf(expression, near, range),
    );
  }
  if (expression.scope === "parent") {
    return report(
      "unknown-scope",
      `${expression.text} has a meaning only inside a pipeline. Use \${{inputs.…}} or \${{outputs.…}}.`,
    );
  }
  if (expression.scope === "search_space") {
    return report("unknown-scope", `${expression.text} has a value only in the trial of a sweep.`, undefined, true);
  }
}

function fixOf(expression: Expression, near: string | undefined, range: SourceRange): Fix | undefined {
  if (near === undefined || range.line !== range.endLine) return undefined;
  return { title: `Change to '${near}'`, range, newText: expression.text.replace(expression.parts[1]!, near) };
}

/**
 * The place of a part of a scalar. Folded and block scalars differ from their source, so the part is looked up there by
 * its text, the same occurrence in order.
 */
function placeOf(node: ScalarNode, text: string, offset: number): SourceRange {
  const value = String(node.value);
  let occurrence = 0;
  for (let at = value.indexOf(text); at >= 0 && at < offset; at = value.indexOf(text, at + 1)) occurrence += 1;
  return node.locate?.(text, occurrence) ?? node.range;
}
