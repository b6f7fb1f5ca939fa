import type { FileProvider } from "../files.ts";
import type { Fix, Problem, Severity } from "../problems/problem.ts";
import type { ProblemCode } from "../problems/problemCodes.ts";
import {
  entryOf,
  nodeAt,
  pathText,
  rangeAt,
  stringAt,
  type MappingEntry,
  type SpecNode,
  type YamlPath,
} from "../yaml/node.ts";
import { fileStart, type SourceRange } from "../yaml/range.ts";

/** More problems than these nobody reads. */
const mostProblems = 200;

/** A document under check, and where its problems are gathered. */
export class CheckContext {
  readonly root: SpecNode;
  /** Folder of the YAML file: what relative paths are taken from. */
  readonly folder: string;
  readonly files: FileProvider;
  readonly problems: Problem[] = [];

  constructor(options: { root: SpecNode; folder: string; files: FileProvider }) {
    this.root = options.root;
    this.folder = options.folder;
    this.files = options.files;
  }

  report(
    code: ProblemCode,
    severity: Severity,
    message: string,
    path: YamlPath,
    place: { onKey?: boolean; range?: SourceRange; fix?: Fix } = {},
  ): void {
    if (this.problems.length >= mostProblems) return;
    const range = place.range ?? rangeAt(this.root, path, place.onKey) ?? fileStart;
    const origin = nodeAt(this.root, path)?.origin ?? "file";
    this.problems.push({
      code,
      severity,
      message,
      range,
      origin,
      path: pathText(path),
      ...(place.fix ? { fix: place.fix } : {}),
    });
  }

  node(path: YamlPath): SpecNode | undefined {
    return nodeAt(this.root, path);
  }

  string(path: YamlPath): string | undefined {
    return stringAt(this.root, path);
  }

  has(...keys: string[]): boolean {
    return keys.some((key) => entryOf(this.root, key) !== undefined);
  }

  entries(path: YamlPath): MappingEntry[] {
    const node = this.node(path);
    return node?.kind === "mapping" ? node.entries : [];
  }
}

/** `<NAME>` or `{{name}}`: a template that somebody has yet to fill in. */
export function isPlaceholder(text: string): boolean {
  return /<[^<>]+>/.test(text) || text.includes("{{");
}
