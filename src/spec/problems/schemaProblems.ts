import type { z } from "zod";
import { schemasAt, schemas, type JsonSchema } from "../kinds/kinds.ts";
import type { KnownKind } from "../kinds/kindName.ts";
import { entryOf, nodeAt, pathText, plainOf, rangeAt, type SpecNode, type YamlPath } from "../yaml/node.ts";
import { keyText, nonStringKeyMark } from "../yaml/pythonStr.ts";
import { fileStart, type SourceRange } from "../yaml/range.ts";
import { typeNameOf } from "../yaml/values.ts";
import { nearest } from "./nearest.ts";
import type { Fix, Problem } from "./problem.ts";
import type { ProblemCode } from "./problemCodes.ts";

type Issue = z.core.$ZodIssue;

export interface SchemaResult {
  /** The file's content with Azure's coercions, when it fits the schema. */
  value: unknown;
  problems: Problem[];
}

/** Holds a document against the schema of its kind. */
export function checkSchema(kind: KnownKind, root: SpecNode): SchemaResult {
  const result = (schemas[kind] as z.ZodType).safeParse(plainOf(root));
  if (result.success) return { value: result.data, problems: [] };
  const translator = new Translator(kind, root);
  for (const issue of result.error.issues) translator.translate(issue, []);
  return { value: undefined, problems: translator.problems };
}

/** More than these nobody reads, and a hostile file would make millions. */
const mostProblems = 100;

class Translator {
  readonly problems: Problem[] = [];
  readonly #kind: KnownKind;
  readonly #root: SpecNode;

  constructor(kind: KnownKind, root: SpecNode) {
    this.#kind = kind;
    this.#root = root;
  }

  translate(issue: Issue, base: YamlPath): void {
    if (this.problems.length >= mostProblems) return;
    const path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    switch (issue.code) {
      case "invalid_union":
        return this.#union(issue, path);
      case "unrecognized_keys":
        for (const key of issue.keys.slice(0, mostProblems)) this.#unknownKey(key, path);
        return;
      case "invalid_key":
        return this.#add(
          "key-not-a-string",
          `The key '${keyText(String(path.at(-1)))}' is no text in YAML. Put it in quotes.`,
          path,
          true,
        );
      case "invalid_type":
        return nodeAt(this.#root, path) === undefined ? this.#missingKey(path) : this.#wrongType(path, issue.expected);
      case "invalid_value":
        return this.#notAllowed(path, issue.values);
      case "too_small":
        return this.#add("out-of-range", `'${pathText(path)}' must be ${issue.minimum} or more. Raise it.`, path);
      case "too_big":
        return this.#add("out-of-range", `'${pathText(path)}' must be ${issue.maximum} or less. Lower it.`, path);
      default:
        if (nodeAt(this.#root, path) === undefined) return this.#missingKey(path);
        return this.#custom(path, issue.message);
    }
  }

  #add(code: ProblemCode, message: string, path: YamlPath, onKey = false, fix?: Fix): void {
    const range = this.#range(path, onKey);
    const origin = nodeAt(this.#root, path)?.origin ?? "file";
    const problem: Problem = {
      code,
      severity: "error",
      message,
      range,
      origin,
      path: pathText(path),
      ...(fix ? { fix } : {}),
    };
    const same = this.problems.some(
      (other) => other.code === code && other.path === problem.path && other.message === message,
    );
    if (!same) this.problems.push(problem);
  }

  #range(path: YamlPath, onKey: boolean): SourceRange {
    return rangeAt(this.#root, path, onKey) ?? fileStart;
  }

  #schemas(path: YamlPath): JsonSchema[] {
    return schemasAt(this.#kind, path, (depth) => {
      const node = nodeAt(this.#root, path.slice(0, depth));
      return node === undefined ? undefined : plainOf(node);
    });
  }

  #unknownKey(key: string, parent: YamlPath): void {
    const path = [...parent, key];
    if (key.startsWith(nonStringKeyMark)) {
      return this.#add(
        "key-not-a-string",
        `The key '${keyText(key)}' is no text in YAML. Put it in quotes.`,
        path,
        true,
      );
    }
    const known = [...new Set(this.#schemas(parent).flatMap((schema) => Object.keys(schema.properties ?? {})))];
    const owner = parent.length === 0 ? "this file" : `'${pathText(parent)}'`;
    const taken = nodeAt(this.#root, parent);
    const near = nearest(
      key,
      known.filter((name) => !entryOf(taken, name)),
    );
    if (near !== undefined) {
      const range = this.#range(path, true);
      const fix: Fix = { title: `Change to '${near}'`, range, newText: near };
      return this.#add("unknown-key", `'${key}' is not a key of ${owner}. Did you mean '${near}'?`, path, true, fix);
    }
    const names = known.filter((name) => !name.startsWith("$")).sort();
    const list = names.length > 0 && names.length <= 12 ? ` Known keys: ${names.join(", ")}.` : "";
    this.#add("unknown-key", `'${key}' is not a key of ${owner}. Remove it, or correct its name.${list}`, path, true);
  }

  #missingKey(path: YamlPath): void {
    const parent = path.slice(0, -1);
    const owner = parent.length === 0 ? "The file" : `'${pathText(parent)}'`;
    const key = String(path.at(-1));
    const description = this.#schemas(path)[0]?.description;
    const reason = description === undefined ? "" : ` ${description}`;
    this.#add("missing-key", `${owner} needs the key '${key}'. Add it.${reason}`, path, true);
  }

  #wrongType(path: YamlPath, expected: string): void {
    const node = nodeAt(this.#root, path)!;
    const actual = typeNameOf(node.kind === "scalar" ? node.value : plainOf(node));
    const wanted = expectedNames[expected] ?? expected;
    const name = path.length === 0 ? "The file" : `'${pathText(path)}'`;
    let next = "Correct it.";
    if (node.kind === "scalar" && node.value === null) next = "Give it a value, or remove the key.";
    else if (expected === "string" && node.kind === "scalar") next = "Put it in quotes to make it text.";
    this.#add("wrong-type", `${name} must be ${wanted}, and it is ${actual}. ${next}`, path);
  }

  #notAllowed(path: YamlPath, values: readonly unknown[]): void {
    const node = nodeAt(this.#root, path);
    if (node === undefined) return this.#missingKey(path);
    const words = values.map(String);
    if (node.kind !== "scalar" || typeof node.value !== "string") return this.#wrongType(path, "string");
    const near = nearest(node.value, words);
    const message = `'${node.value}' is not allowed for '${pathText(path)}': one of ${words.join(", ")} is expected.`;
    const fix: Fix | undefined =
      near === undefined ? undefined : { title: `Change to '${near}'`, range: node.range, newText: near };
    this.#add("not-allowed", near === undefined ? message : `${message} Did you mean '${near}'?`, path, false, fix);
  }

  #custom(path: YamlPath, message: string): void {
    const node = nodeAt(this.#root, path);
    const isText = node?.kind === "scalar" && typeof node.value === "string";
    if (!isText) return this.#wrongTypeNamed(path, message);
    const code: ProblemCode = message.includes("ARM id")
      ? "bad-arm-id"
      : message.includes("azureml:")
        ? "bad-reference"
        : message.includes("URL")
          ? "bad-url"
          : "not-allowed";
    this.#add(code, `'${pathText(path)}' cannot be '${String(node.value)}'. ${message}`, path);
  }

  #wrongTypeNamed(path: YamlPath, message: string): void {
    const node = nodeAt(this.#root, path);
    const actual = typeNameOf(node?.kind === "scalar" ? node.value : node && plainOf(node));
    this.#add("wrong-type", `'${pathText(path)}' is ${actual}: ${message}. Correct it.`, path);
  }

  /** Of several alternatives, the one that was most likely meant is the one whose faults are told. */
  #union(issue: Issue & { code: "invalid_union" }, path: YamlPath): void {
    const node = nodeAt(this.#root, path);
    if (node === undefined) return this.#missingKey(path);
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const shapeFits = branches.filter(
      (branch) => !branch.some((item) => item.path.length === 0 && isShapeMismatch(item)),
    );
    if (shapeFits.length === 0) return this.#noBranch(path, branches);
    const ranked = shapeFits.map((branch) => ({ branch, cost: costOf(branch, node) }));
    const best = ranked.reduce((left, right) => (right.cost < left.cost ? right : left)).branch;
    const typeIssue = best.find((item) => item.path.length === 1 && unionKeys.includes(String(item.path[0])));
    if (typeIssue && entryOf(node, String(typeIssue.path[0])))
      return this.#typeOfUnion([...path, String(typeIssue.path[0])], issue);
    for (const item of best) this.translate(item, path);
  }

  #noBranch(path: YamlPath, branches: Issue[][]): void {
    const node = nodeAt(this.#root, path)!;
    const actual = typeNameOf(node.kind === "scalar" ? node.value : plainOf(node));
    const wanted = new Set<string>();
    for (const branch of branches) {
      for (const item of branch) {
        if (item.path.length > 0) continue;
        if (item.code === "invalid_type") wanted.add(expectedNames[item.expected] ?? item.expected);
        else if (item.code === "custom") wanted.add("a text, a number or a boolean");
      }
    }
    let next = "Correct it.";
    if (node.kind === "scalar" && node.value === null) next = "Give it a value, or remove the key.";
    else if (node.kind === "scalar" && wanted.has("text")) next = "Put it in quotes to make it text.";
    const list = [...wanted].join(" or ") || "another type";
    this.#add("wrong-type", `'${pathText(path)}' must be ${list}, and it is ${actual}. ${next}`, path);
  }

  #typeOfUnion(path: YamlPath, issue: Issue & { code: "invalid_union" }): void {
    const words = new Set<string>();
    for (const item of issue.errors.flat()) {
      if (item.path.length === 1 && item.path[0] === path.at(-1) && item.code === "invalid_value")
        item.values.forEach((word) => words.add(String(word)));
    }
    this.#notAllowed(path, [...words]);
  }
}

const expectedNames: Record<string, string> = {
  string: "text",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  int: "a whole number",
  number: "a whole number",
  boolean: "true or false",
  null: "empty",
};

function isShapeMismatch(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "custom"
    ? issue.code === "invalid_type" || issue.message.includes("is expected")
    : false;
}

/** The keys that tell the alternatives of a union apart. */
const unionKeys = ["type", "kind", "default_action"];

/** A wrong `type` weighs most, then missing keys, unknown keys and the rest. */
function costOf(branch: readonly Issue[], node: SpecNode): number {
  let cost = 0;
  for (const issue of branch) {
    const onType = issue.path.length === 1 && unionKeys.includes(String(issue.path[0]));
    if (onType && entryOf(node, String(issue.path[0]))) cost += 1000;
    else if (onType) cost += 100;
    else if (issue.code === "unrecognized_keys") {
      cost += 10 * issue.keys.length + (issue.keys.some((key) => unionKeys.includes(key)) ? 2000 : 0);
    } else cost += 11;
  }
  return cost;
}
