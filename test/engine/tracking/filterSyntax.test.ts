import { describe, expect, it } from "vitest";
import { CodedError } from "#base/errors.ts";
import { parseOrderTerm, splitName, type Clause } from "#engine/core/mlflow/filterSyntax.ts";
import { leavesOf, parseFilterTree, type FilterTree } from "#engine/core/mlflow/filterTree.ts";
import { parseRunFilter, parseRunOrder } from "#engine/core/mlflow/runFilter.ts";
import { Random } from "../../random.ts";

const entities = ["metrics", "metric", "params", "param", "parameter", "tags", "tag", "attributes", "dataset"];

function randomKey(random: Random): { written: string; key: string } {
  const plain = random.pick(["a", "loss", "val_loss", "mlflow.user", "x1", "über"]);
  if (random.chance(0.5)) return { written: plain, key: plain };
  const odd = random.pick(["val loss", "a/b", "m-1", "a b:c", "it's", "AND", "1st"]);
  const quote = odd.includes('"') ? "`" : random.pick(["`", '"']);
  return { written: `${quote}${odd}${quote}`, key: odd };
}

function space(random: Random): string {
  return random.pick([" ", "  ", "\n", "\t "]);
}

/** A clause and a text that means it. */
function randomClause(random: Random): { text: string; clause: Clause; key: string } {
  const { written, key } = randomKey(random);
  const left = `${random.pick(entities)}.${written}`;
  const gap = () => space(random);
  switch (random.below(5)) {
    case 0: {
      const number = random.pick(["1", "-1", "0.5", "-.5", ".25", "1e-3", "2E6", "-3.5e+2"]);
      const comparator = random.pick([">", ">=", "=", "!=", "<", "<="]);
      const tight = random.chance(0.3);
      const value = { kind: "number", number: Number(number), integer: /^-?\d+$/.test(number), text: number } as const;
      const text = tight ? `${left}${comparator}${number}` : `${left}${gap()}${comparator}${gap()}${number}`;
      return { text, clause: { left, comparator, value }, key };
    }
    case 1: {
      const string = random.pick(["x", "", "a b", "50%", "= 'quoted", "AND 1 = 1; DROP TABLE runs --", "ß"]);
      const text = random.chance(0.5) ? `'${string.replaceAll("'", "''")}'` : `"${string}"`;
      const comparator = random.pick(["=", "!=", "LIKE", "ILIKE"]);
      const written = random.chance(0.5) ? comparator : comparator.toLowerCase();
      const clause = { left, comparator, value: { kind: "string", string, text } } as Clause;
      return { text: `${left}${gap()}${written}${gap()}${text}`, clause, key };
    }
    case 2: {
      const strings = ["a", "b c", "d'"].slice(0, 1 + random.below(3));
      const list = strings.map((item) => `'${item.replaceAll("'", "''")}'`).join(random.pick([",", ", "]));
      const comparator = random.pick(["IN", "NOT IN"]);
      const value = { kind: "list", strings, text: `(${strings.map((item) => `'${item}'`).join(", ")})` } as const;
      return { text: `${left} ${comparator}${gap()}(${list})`, clause: { left, comparator, value }, key };
    }
    case 3:
      return { text: `${left} IS NULL`, clause: { left, comparator: "IS NULL", value: null }, key };
    default:
      return { text: `${left} is${gap()}not null`, clause: { left, comparator: "IS NOT NULL", value: null }, key };
  }
}

/** A tree and a text that means it. Parentheses stand around every pair, so that no rule of precedence is needed. */
function randomTree(random: Random, depth: number): { text: string; tree: FilterTree<Clause> } {
  const choice = depth === 0 ? 9 : random.below(6);
  if (choice > 2) {
    const { text, clause } = randomClause(random);
    return { text, tree: { kind: "leaf", leaf: clause } };
  }
  if (choice === 2) {
    const { text, tree } = randomTree(random, depth - 1);
    return {
      text: `${random.pick(["NOT", "not"])} ${random.pick(["", " "])}(${text})`,
      tree: { kind: "not", part: tree },
    };
  }
  const parts = Array.from({ length: 2 + random.below(2) }, () => randomTree(random, depth - 1));
  const word = choice === 0 ? random.pick(["AND", "and"]) : random.pick(["OR", "or"]);
  const text = parts.map((part) => `(${part.text})`).join(random.pick([word, ` ${word} `]));
  return { text, tree: { kind: choice === 0 ? "all" : "any", parts: parts.map((part) => part.tree) } };
}

function plain(tree: FilterTree<Clause>): unknown {
  if (tree.kind === "leaf") return tree.leaf;
  return tree.kind === "not" ? { not: plain(tree.part) } : { [tree.kind]: tree.parts.map(plain) };
}

function shape(filter: string): string {
  const write = (tree: FilterTree<Clause>): string => {
    if (tree.kind === "leaf") return splitName(tree.leaf.left).key;
    if (tree.kind === "not") return `!${write(tree.part)}`;
    return `(${tree.parts.map(write).join(tree.kind === "all" ? " & " : " | ")})`;
  };
  return write(parseFilterTree(filter));
}

describe("the search grammar", () => {
  it("reads back every filter that it can express", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new Random(seed);
      const parts = Array.from({ length: 1 + random.below(4) }, () => randomClause(random));
      const text = parts.map((part) => part.text).join(` ${random.pick(["AND", "and", "And"])} `);
      const tree = parseFilterTree(text);
      const parsed = leavesOf(tree);
      expect(tree.kind).toBe(parts.length === 1 ? "leaf" : "all");
      expect(parsed, `seed ${seed}: ${text}`).toEqual(parts.map((part) => part.clause));
      expect(parsed.map((clause) => splitName(clause.left).key)).toEqual(parts.map((part) => part.key));
    }
  });

  it("reads back every nesting of AND, OR, NOT and parentheses", () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const random = new Random(seed);
      const { text, tree } = randomTree(random, 4);
      expect(plain(parseFilterTree(text)), `seed ${seed}: ${text}`).toEqual(plain(tree));
    }
  });

  it("binds NOT before AND before OR", () => {
    expect(shape("params.a = 'x' or params.b = 'x' AND not params.c = 'x'")).toBe("(a | (b & !c))");
    expect(shape("NOT params.a = 'x' AND (params.b = 'x' OR params.c = 'x') AND params.d = 'x'")).toBe(
      "(!a & (b | c) & d)",
    );
  });

  it("reads a thousand comparisons and no more", () => {
    const clauses = (count: number) => Array.from({ length: count }, () => "metrics.a > 1").join(" OR ");
    expect(leavesOf(parseRunFilter(clauses(1000)))).toHaveLength(1000);
    expect(() => parseRunFilter(clauses(1001))).toThrow("A filter takes at most 1000 comparisons.");
  });

  it("answers any text with clauses or with a 400, never with another error", () => {
    const scraps = [
      "metrics.a", "params.`b c`", "'x'", '"y"', "`", "'", '"', "(", ")", ",", "AND", "OR", "NOT", "IN", "IS", "NULL",
      "LIKE", "=", "!=", "<", ">=", "==", "1", "-1", ".5", "1e9", ";", "--", "/*", "a.b.c", ".", "..", "é", "\u0000", "%",
    ]; // prettier-ignore
    for (let seed = 1; seed <= 4000; seed++) {
      const random = new Random(seed);
      const text = Array.from({ length: random.below(9) }, () => random.pick(scraps)).join(random.pick(["", " "]));
      try {
        parseRunFilter(text);
        parseRunOrder([text]);
      } catch (thrown) {
        expect(thrown, `seed ${seed}: ${text}`).toBeInstanceOf(CodedError);
        expect((thrown as CodedError).status).toBe(400);
      }
    }
  });

  it.each([
    ["parentheses", "(".repeat(50_000)],
    ["NOTs", "NOT ".repeat(50_000)],
    ["pairs of parentheses", `${"(".repeat(5000)}metrics.a > 1${")".repeat(5000)}`],
    ["dots", "a.".repeat(50_000)],
    ["quotes", "`".repeat(50_001)],
    ["ANDs", "metrics.a > 1 AND ".repeat(5000)],
  ])("comes to an end with %s without end", (_what, text) => {
    expect(() => parseRunFilter(text)).toThrow(CodedError);
  });

  it.each([
    ["metrics.a > 'x'", "Expected numeric value type for metric. Found 'x'"],
    ["params.p LIKE 1", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"],
    ["tags.t = 1", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
    ["tags.t > 1", "Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"],
    ["foo.a = 1", "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']"],
    ["metrics.a > 1 XOR metrics.a < 0", "Invalid clause(s) in filter string: 'XOR metrics.a < 0'"],
    ["metrics.a > 1 OR", "Invalid clause(s) in filter string: 'OR'"],
    ["OR metrics.a > 1", "Invalid clause(s) in filter string: 'OR metrics.a > 1'"],
    ["metrics.a > 1 AND OR metrics.a < 0", "Invalid clause(s) in filter string: 'OR metrics.a < 0'"],
    ["(metrics.a > 1", "Invalid clause(s) in filter string: '( metrics.a > 1'"],
    ["metrics.a > 1)", "Invalid clause(s) in filter string: ')'"],
    ["()", "Invalid clause(s) in filter string: ')'"],
    ["NOT", "Invalid clause(s) in filter string: ''"],
    ["metrics.a NOT > 1", "Invalid clause(s) in filter string: 'metrics.a NOT > 1'"],
    ["params.p IN ('a', 1)", "expected string value, punctuation, or whitespace, but got different type in list: (1,)"],
    ["tags.t IN (1)", "expected string value, punctuation, or whitespace, but got different type in list: (1)"],
    ["metrics.a IN ('x')", "Expected a list of numbers for metric. Found ('x')"],
    ["params.p IN ()", "expected a non-empty list of string values, but got empty list"],
    ["metrics.a IS NULL", "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'"],
    ["1 < metrics.a", "Invalid comparison clause. Expected 'Identifier' found '1'"],
  ])("says what is wrong with %s", (filter, message) => {
    expect(() => parseRunFilter(filter)).toThrow(message);
  });

  it("names the comparators that would be valid", () => {
    expect(() => parseRunFilter("metrics.a LIKE 'x'")).toThrow(/numeric value/);
    expect(() => parseRunFilter("params.p > 'x'")).toThrow(
      "Invalid comparator '>' not one of '{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}'",
    );
  });

  it("reads orders", () => {
    expect(parseOrderTerm("metrics.`val loss` desc")).toEqual({ left: "metrics.`val loss`", ascending: false });
    expect(parseOrderTerm("start_time")).toEqual({ left: "start_time", ascending: true });
    expect(() => parseOrderTerm("metrics.a up")).toThrow("Invalid ordering key in order_by clause 'metrics.a up'.");
    expect(() => parseRunOrder(["metrics.a", "metric.a DESC"])).toThrow("duplicate");
  });
});
