import { CST, Lexer, parseAllDocuments, type Document, type YAMLError } from "yaml";
import type { Problem } from "../problems/problem.ts";
import type { ProblemCode } from "../problems/problemCodes.ts";
import { ConvertStop, convertDocument } from "./convert.ts";
import { yamlLimits } from "./limits.ts";
import { pathText, type SpecNode, type YamlPath } from "./node.ts";
import { fileStart, LineIndex, type SourceRange } from "./range.ts";

export interface ParsedYaml {
  /** The document, or nothing when it cannot be read (the problems say why) or is empty. */
  root: SpecNode | undefined;
  problems: Problem[];
}

/** More problems than these nobody reads. */
const mostProblems = 100;

/** Reads one YAML document the way PyYAML's SafeLoader reads it, with the place of every value and key. Never throws. */
export function parseYaml(written: string): ParsedYaml {
  // Python opens files with universal newlines; the replacement keeps every offset.
  const text = written.replace(/\r(?!\n)/g, "\n");
  const problems: Problem[] = [];
  const report: Report = (code, message, range, fatal = false, path = []) => {
    if (!fatal && problems.length >= mostProblems) return;
    problems.push({ code, severity: "error", message, range, origin: "file", path: pathText(path) });
    if (fatal) throw new ConvertStop();
  };
  const lines = new LineIndex(text);
  try {
    const root = read(text, lines, report);
    return { root, problems };
  } catch (thrown) {
    if (thrown instanceof RangeError) {
      report("too-deep", `The file nests more than ${yamlLimits.depth} levels. Flatten it.`, fileStart);
    } else if (!(thrown instanceof ConvertStop)) throw thrown;
    return { root: undefined, problems };
  }
}

type Report = (code: ProblemCode, message: string, range: SourceRange, fatal?: boolean, path?: YamlPath) => void;

function read(text: string, lines: LineIndex, report: Report): SpecNode | undefined {
  refuseOversize(text, report);
  refuseControlCharacters(text, lines, report);
  refuseByTokens(text, lines, report);
  const parsed = parseAllDocuments(text, {
    schema: "failsafe",
    version: "1.1",
    merge: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const documents: Document[] = Array.isArray(parsed) ? [...parsed] : [];
  for (const document of documents) {
    const error = document.errors[0];
    if (error?.code === "RESOURCE_EXHAUSTION") throw new RangeError(error.message);
    if (error) report("syntax-error", syntaxMessage(error), lines.range(error.pos[0], error.pos[1]), true);
  }
  const second = documents[1];
  if (second) {
    const at = second.range?.[0] ?? 0;
    const range = lines.range(at, at);
    report(
      "several-documents",
      "The file holds more than one YAML document. Keep one, without further '---'.",
      range,
      true,
    );
  }
  const first = documents[0];
  if (!first?.contents) return undefined;
  return convertDocument(first.contents, text, lines, report);
}

function refuseOversize(text: string, report: Report): void {
  const large =
    text.length > yamlLimits.bytes || (text.length * 3 > yamlLimits.bytes && utf8Length(text) > yamlLimits.bytes);
  if (large)
    report("too-large", "The file is larger than 1 MB. Move data out of it and refer to it by path.", fileStart, true);
}

const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

// The characters PyYAML's reader lets through, negated.
const controlCharacter = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function refuseControlCharacters(text: string, lines: LineIndex, report: Report): void {
  const found = controlCharacter.exec(text);
  if (!found) return;
  const code = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  const message = `The character U+${code} is not allowed in YAML. Remove it, or write it as an escape in double quotes.`;
  report("syntax-error", message, lines.range(found.index, found.index + found[0].length), true);
}

/** What PyYAML refuses and the parser behind this module lets through: tabs between tokens, very deep brackets. */
function refuseByTokens(text: string, lines: LineIndex, report: Report): void {
  let offset = 0;
  let depth = 0;
  let count = 0;
  let block = false;
  let content: "plain" | "block" | undefined;
  for (const token of new Lexer().lex(text)) {
    if (token === CST.DOCUMENT || token === CST.FLOW_END || token === CST.SCALAR) {
      if (token === CST.SCALAR) content = block ? "block" : "plain";
      block = false;
      continue;
    }
    count += 1;
    if (count > yamlLimits.tokens) {
      report("too-many-nodes", "The file has more parts than a YAML file may have here. Split it.", fileStart, true);
    }
    const type = content ? "content" : CST.tokenType(token);
    if (type === "block-scalar-header") block = true;
    if (type === "flow-map-start" || type === "flow-seq-start") depth += 1;
    if (type === "flow-map-end" || type === "flow-seq-end") depth -= 1;
    if (depth > yamlLimits.depth) {
      const message = `The file nests more than ${yamlLimits.depth} levels. Flatten it.`;
      report("too-deep", message, lines.range(offset, offset + 1), true);
    }
    const stray =
      content === "plain" ? strayInPlain(depth > 0).exec(token) : type === "space" ? /\t/.exec(token) : null;
    if (stray) {
      const at = offset + stray.index;
      report("syntax-error", strayMessage(stray[0]), lines.range(at, at + 1), true);
    }
    content = undefined;
    offset += token.length;
  }
}

/** Characters that end a plain value for PyYAML, and then fit nowhere. */
const strayInPlain = (inBrackets: boolean): RegExp => (inBrackets ? /[\t\x85\u2028\u2029?]/ : /[\t\x85\u2028\u2029]/);

function strayMessage(character: string): string {
  if (character === "\t") return "A tab stands where YAML wants spaces. Replace it by spaces.";
  if (character === "?") return "Between brackets a value with '?' must be in quotes. Quote it.";
  return "An invisible line break stands inside a value. Remove it, or put the value in double quotes.";
}

const syntaxHints: Record<string, string> = {
  BLOCK_AS_IMPLICIT_KEY:
    "A ':' makes a mapping where a value should stand. Put the value in quotes, or the inner mapping on its own lines.",
  BAD_INDENT: "The indentation does not fit. Line the entries up with spaces.",
  TAB_AS_INDENT: "Tabs cannot indent YAML. Use spaces.",
  MISSING_CHAR: "A closing quote or bracket is missing. Close it.",
  BAD_SCALAR_START: "A plain value cannot start with this character. Put the value in quotes.",
  MULTILINE_IMPLICIT_KEY: "A key must stand on one line, with ': ' after it.",
  BAD_ALIAS: "This alias (*name) has no name. Name an anchor (&name) that stands before it.",
  MULTIPLE_DOCS: "Keep one document in the file.",
};

function syntaxMessage(error: YAMLError): string {
  const hint = syntaxHints[error.code] ?? "Correct the YAML here.";
  return `YAML syntax: ${error.message}. ${hint}`;
}
