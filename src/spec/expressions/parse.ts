/** Where a binding's value comes from. */
export type ExpressionScope = "inputs" | "outputs" | "parent" | "search_space" | "name" | "default_datastore";

/** One `${{ … }}` in a text. Offsets count UTF-16 units from the start of that text. */
export interface Expression {
  start: number;
  end: number;
  /** The whole `${{ … }}` as written. */
  text: string;
  /** What stands inside, trimmed. */
  inner: string;
  /** The parts between the dots: `["inputs", "x"]`. */
  parts: string[];
  /** Which scope it names, when it names a known one in a complete way. */
  scope?: ExpressionScope;
  /** The name after `inputs.`, `outputs.` or `search_space.`. */
  name?: string;
}

/** One `$[[ … ]]`: text that vanishes unless every input in it has a value. */
export interface OptionalBlock {
  start: number;
  end: number;
  /** The text between the brackets. */
  inner: string;
}

/** Something that starts like an expression and is none. */
export interface ExpressionFault {
  start: number;
  end: number;
  message: string;
  /** The scope word that was probably meant. */
  unknownScope?: string;
}

export interface ParsedTemplate {
  expressions: Expression[];
  blocks: OptionalBlock[];
  faults: ExpressionFault[];
}

export const expressionScopes: readonly ExpressionScope[] = [
  "inputs",
  "outputs",
  "parent",
  "search_space",
  "name",
  "default_datastore",
];

/** Finds the expressions and optional blocks of a text. Never throws. */
export function parseTemplate(text: string): ParsedTemplate {
  const parsed: ParsedTemplate = { expressions: [], blocks: [], faults: [] };
  parseExpressions(text, parsed);
  parseBlocks(text, parsed);
  return parsed;
}

function parseExpressions(text: string, parsed: ParsedTemplate): void {
  let close = -1;
  let at = text.indexOf("${{");
  while (at >= 0) {
    if (close < at + 3) close = text.indexOf("}}", at + 3);
    const next = text.indexOf("${{", at + 3);
    if (close >= 0 && (next < 0 || next > close)) {
      parseInner(text, at, close + 2, parsed);
      at = text.indexOf("${{", close + 2);
      continue;
    }
    const end = next >= 0 ? next : endOfWord(text, at + 3);
    parsed.faults.push({ start: at, end, message: "'${{' has no closing '}}'. Close it, as in ${{inputs.data}}." });
    // Without any '}}' after it, the rest holds nothing but the same fault again.
    at = close < 0 ? -1 : next;
  }
}

function endOfWord(text: string, from: number): number {
  const rest = /\s/.exec(text.slice(from));
  return rest ? from + rest.index : text.length;
}

const namePattern = /^[^\s.${}[\]]+$/;

function parseInner(text: string, start: number, end: number, parsed: ParsedTemplate): void {
  const whole = text.slice(start, end);
  const inner = whole.slice(3, -2).trim();
  const parts = inner.split(".");
  const fault = (message: string, unknownScope?: string): void => {
    parsed.faults.push({ start, end, message, ...(unknownScope === undefined ? {} : { unknownScope }) });
  };
  if (inner === "") return fault("'${{}}' is empty. Name a value, as in ${{inputs.data}}.");
  const expression: Expression = { start, end, text: whole, inner, parts };
  parsed.expressions.push(expression);
  const [head = "", name] = parts;
  if (!parts.every((part) => namePattern.test(part))) {
    return fault(`'${whole}' is not an expression: names joined by single dots are expected, as in \${{inputs.data}}.`);
  }
  if (!(expressionScopes as readonly string[]).includes(head)) {
    return fault(`'${head}' is not a scope that an expression can start with.`, head);
  }
  const scope = head as ExpressionScope;
  if (scope === "name" || scope === "default_datastore") {
    if (parts.length > 1) return fault(`'\${{${scope}}}' has nothing after it. Write \${{${scope}}}.`);
  } else if (name === undefined) {
    return fault(`'${whole}' names nothing. Write which one, as in \${{${scope}.data}}.`);
  } else if (scope !== "parent") expression.name = scope === "search_space" ? name : parts.slice(1).join(".");
  expression.scope = scope;
}

function parseBlocks(text: string, parsed: ParsedTemplate): void {
  let at = text.indexOf("$[[");
  while (at >= 0) {
    const close = text.indexOf("]]", at + 3);
    if (close < 0) {
      const message = "'$[[' has no closing ']]'. Close it, as in $[[--data ${{inputs.data}}]].";
      parsed.faults.push({ start: at, end: endOfWord(text, at), message });
      return;
    }
    // `$[[ ${{inputs.x[0]]} ]]` does not exist in the language, so the first `]]` closes; a third `]` belongs inside.
    const end = text[close + 2] === "]" ? close + 3 : close + 2;
    parsed.blocks.push({ start: at, end, inner: text.slice(at + 3, end - 2) });
    at = text.indexOf("$[[", end);
  }
}
