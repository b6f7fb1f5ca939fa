import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import type { ProblemCode } from "../problems/problemCodes.ts";
import { yamlLimits } from "./limits.ts";
import type { MappingEntry, MappingNode, ScalarNode, SpecNode, YamlPath } from "./node.ts";
import { nonStringKeyMark, pythonRepr } from "./pythonStr.ts";
import type { LineIndex, SourceRange } from "./range.ts";
import { constructScalar, implicitTag, ScalarError, type ScalarTag } from "./resolveScalar.ts";

type Report = (code: ProblemCode, message: string, range: SourceRange, fatal?: boolean, path?: YamlPath) => void;
type YamlNode = ParsedNode | Scalar;

/** Ends the conversion after a problem that leaves nothing to look at. */
export class ConvertStop extends Error {}

/** Turns a parsed document into nodes with Python's values, aliases followed and merge keys applied. */
export function convertDocument(contents: unknown, text: string, lines: LineIndex, report: Report): SpecNode {
  return new Converter(text, lines, report).convert(contents as YamlNode).node;
}

interface Converted {
  node: SpecNode;
  /** Values in it, aliases followed. */
  size: number;
  depth: number;
}

const yamlTagPrefix = "tag:yaml.org,2002:";

class Converter {
  readonly #text: string;
  readonly #lines: LineIndex;
  readonly #report: Report;
  readonly #anchors = new Map<string, Converted | "open">();
  readonly #converted = new WeakMap<SpecNode, Converted>();
  readonly #path: (string | number)[] = [];
  #total = 0;

  constructor(text: string, lines: LineIndex, report: Report) {
    this.#text = text;
    this.#lines = lines;
    this.#report = (code, message, range, fatal) => report(code, message, range, fatal, [...this.#path]);
  }

  convert(yaml: YamlNode): Converted {
    const range = this.#rangeOf(yaml);
    if (isAlias(yaml)) return this.#alias(yaml.source, range);
    const anchor = yaml.anchor;
    if (anchor) this.#anchors.set(anchor, "open");
    const converted = this.#collection(yaml, range);
    if (converted.depth > yamlLimits.depth) {
      this.#report("too-deep", `The file nests more than ${yamlLimits.depth} levels. Flatten it.`, range, true);
    }
    this.#converted.set(converted.node, converted);
    if (anchor) this.#anchors.set(anchor, converted);
    return converted;
  }

  #alias(name: string, range: SourceRange): Converted {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#report(
        "unknown-anchor",
        `No anchor '&${name}' stands before this alias. Define it above, or write the value.`,
        range,
        true,
      );
    }
    if (target === "open") {
      this.#report(
        "cyclic-reference",
        `The alias '*${name}' stands inside its own anchor. Write the value out.`,
        range,
        true,
      );
    }
    const found = target as Converted;
    this.#count(found.size, range);
    return found;
  }

  #count(size: number, range: SourceRange): void {
    this.#total += size;
    if (this.#total > yamlLimits.nodes) {
      const limit = yamlLimits.nodes.toLocaleString("en");
      this.#report(
        "too-many-nodes",
        `The file means more than ${limit} values once its aliases are followed. Remove some.`,
        range,
        true,
      );
    }
  }

  #collection(
    yaml: Exclude<YamlNode, ParsedNode & { source: string; items?: never }> | YamlNode,
    range: SourceRange,
  ): Converted {
    this.#count(1, range);
    if (isMap(yaml)) return this.#mapping(yaml as YAMLMap<YamlNode, YamlNode | null>, range);
    if (isSeq(yaml)) {
      this.#refuseTag(yaml.tag, "seq", range);
      const items = yaml.items.map((item, index) => this.#inside(index, () => this.convert(item as YamlNode)));
      return {
        node: { kind: "sequence", items: items.map((item) => item.node), range, origin: "file" },
        size: items.reduce((sum, item) => sum + item.size, 1),
        depth: 1 + Math.max(0, ...items.map((item) => item.depth)),
      };
    }
    return { node: this.#scalar(yaml as Scalar, range), size: 1, depth: 0 };
  }

  #refuseTag(tag: string | undefined, own: "map" | "seq", range: SourceRange): void {
    if (tag === undefined || tag === yamlTagPrefix + own || tag === "!") return;
    this.#report(
      "refused-tag",
      `The tag '${shortTag(tag)}' is not allowed here: a YAML file is data only. Remove it.`,
      range,
      true,
    );
  }

  #scalar(yaml: Scalar, range: SourceRange, isKey = false): ScalarNode {
    const text = typeof yaml.value === "string" ? yaml.value : (yaml.source ?? "");
    const plain = yaml.type === "PLAIN";
    let tag: ScalarTag = plain ? implicitTag(text) : "str";
    if (yaml.tag !== undefined && yaml.tag !== "!") {
      const known = explicitTags[yaml.tag];
      if (known) tag = known;
      else {
        const message = `The tag '${shortTag(yaml.tag)}' is not allowed here: a YAML file is data only. Remove it.`;
        this.#report("refused-tag", message, range, true);
      }
    }
    try {
      if (tag === "merge" && !isKey) throw new ScalarError("'<<' has a meaning in YAML that it has only as a key");
      const value = constructScalar(tag, text);
      const locate = (part: string, occurrence: number): SourceRange | undefined =>
        this.#locate(yaml, part, occurrence);
      return { kind: "scalar", value, source: yaml.source ?? text, plain, range, origin: "file", locate };
    } catch (thrown) {
      if (!(thrown instanceof ScalarError)) throw thrown;
      this.#report(
        "bad-scalar",
        `${capital(thrown.message)}. Correct it, or put it in quotes to keep the text.`,
        range,
        true,
      );
      throw thrown;
    }
  }

  #locate(yaml: Scalar, part: string, occurrence: number): SourceRange | undefined {
    const [start, end] = yaml.range ?? [0, 0];
    const written = this.#text.slice(start, end);
    let at = written.indexOf(part);
    for (let count = 0; count < occurrence && at >= 0; count += 1) at = written.indexOf(part, at + 1);
    return at < 0 ? undefined : this.#lines.range(start + at, start + at + part.length);
  }

  #mapping(yaml: YAMLMap<YamlNode, YamlNode | null>, range: SourceRange): Converted {
    this.#refuseTag(yaml.tag, "map", range);
    const own = new Map<string, MappingEntry>();
    const merged: MappingEntry[] = [];
    let size = 1;
    let depth = 0;
    for (const pair of yaml.items) {
      const { key, keyRange, isMerge } = this.#key(pair, range);
      if (!yaml.flow) this.#refuseLateColon(pair.key, keyRange);
      const written = pair.value;
      const value = written ? this.#inside(key, () => this.convert(written)) : this.#missingValue(keyRange);
      size += value.size;
      depth = Math.max(depth, value.depth);
      if (isMerge) {
        const additions = this.#mergeEntries(value.node, keyRange);
        for (const addition of additions) size += this.#converted.get(addition.value)?.size ?? 1;
        this.#count(additions.length, keyRange);
        merged.push(...additions);
        continue;
      }
      const earlier = own.get(key);
      if (earlier) {
        const name = key.startsWith(nonStringKeyMark) ? key.slice(1) : key;
        const message = `The key '${name}' already stands in line ${earlier.keyRange.line}; only the last one would count. Keep one.`;
        this.#inside(key, () => this.#report("duplicate-key", message, keyRange));
      }
      own.set(key, { key, keyRange, value: value.node, merged: false });
    }
    const inherited = new Map<string, MappingEntry>();
    for (const entry of merged) inherited.set(entry.key, entry);
    for (const key of own.keys()) inherited.delete(key);
    const entries = [...inherited.values(), ...own.values()];
    return { node: { kind: "mapping", entries, range, origin: "file" }, size, depth: depth + 1 };
  }

  #key(
    pair: Pair<YamlNode, YamlNode | null>,
    range: SourceRange,
  ): { key: string; keyRange: SourceRange; isMerge: boolean } {
    const keyRange = pair.key ? this.#rangeOf(pair.key) : range;
    if (!pair.key || (isScalar(pair.key) && pair.key.type === "PLAIN" && pair.key.source === "")) {
      this.#report("syntax-error", "A key is missing before ':'. Write it.", keyRange, true);
      throw new ConvertStop();
    }
    const node =
      isScalar(pair.key) && !pair.key.anchor ? this.#scalar(pair.key, keyRange, true) : this.convert(pair.key).node;
    if (node.kind !== "scalar") {
      const message =
        "A mapping or list cannot be a key. If this is a template placeholder ({{ }}), fill it in; else put the key in quotes.";
      this.#report("syntax-error", message, keyRange, true);
    }
    const scalar = node as ScalarNode;
    const isMerge = isScalar(pair.key) && pair.key.type === "PLAIN" && !pair.key.tag && scalar.value === "<<";
    if (scalar.value === "__proto__") {
      this.#report("unsafe-key", "The key '__proto__' is refused, for safety. Use another name.", keyRange, true);
    }
    const key = typeof scalar.value === "string" ? scalar.value : nonStringKeyMark + pythonRepr(scalar.value);
    return { key, keyRange, isMerge };
  }

  /** PyYAML wants the ':' on the key's own line, unless the key was opened with '?'. */
  #refuseLateColon(key: YamlNode, keyRange: SourceRange): void {
    const [start, end] = key.range ?? [0, 0];
    const colon = this.#text.indexOf(":", end);
    if (colon < 0 || !this.#text.slice(end, colon).includes("\n")) return;
    if (/\?[ \n]*$/.test(this.#text.slice(Math.max(0, start - 200), start))) return;
    this.#report("syntax-error", "The ':' must stand on the same line as its key. Move it there.", keyRange, true);
  }

  #inside<T>(step: string | number, convert: () => T): T {
    this.#path.push(step);
    const converted = convert();
    this.#path.pop();
    return converted;
  }

  #missingValue(keyRange: SourceRange): Converted {
    this.#count(1, keyRange);
    const at: SourceRange = { ...keyRange, line: keyRange.endLine, column: keyRange.endColumn };
    const node: ScalarNode = { kind: "scalar", value: null, source: "", plain: true, range: at, origin: "file" };
    return { node, size: 1, depth: 0 };
  }

  /** PyYAML: of a list of mappings the first wins, so they are laid down in reverse. */
  #mergeEntries(node: SpecNode, keyRange: SourceRange): MappingEntry[] {
    const sources: MappingNode[] = [];
    for (const source of node.kind === "sequence" ? [...node.items].reverse() : [node]) {
      if (source.kind === "mapping") sources.push(source);
      else
        this.#report(
          "syntax-error",
          "'<<' merges a mapping or a list of mappings. Give it one, or quote the key.",
          keyRange,
          true,
        );
    }
    return sources.flatMap((source) => source.entries.map((entry) => ({ ...entry, merged: true })));
  }

  #rangeOf(yaml: YamlNode): SourceRange {
    const [start, valueEnd] = yaml.range ?? [0, 0];
    return this.#lines.range(start, valueEnd);
  }
}

const explicitTags: Record<string, ScalarTag> = {
  [`${yamlTagPrefix}str`]: "str",
  [`${yamlTagPrefix}bool`]: "bool",
  [`${yamlTagPrefix}int`]: "int",
  [`${yamlTagPrefix}float`]: "float",
  [`${yamlTagPrefix}null`]: "null",
  [`${yamlTagPrefix}timestamp`]: "timestamp",
  [`${yamlTagPrefix}binary`]: "binary",
};

const shortTag = (tag: string): string =>
  tag.startsWith(yamlTagPrefix) ? `!!${tag.slice(yamlTagPrefix.length)}` : tag;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
