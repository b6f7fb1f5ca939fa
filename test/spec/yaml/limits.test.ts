import { describe, expect, test } from "vitest";
import { noFiles, validate } from "../../../src/spec/index.ts";
import { parseYaml } from "../../../src/spec/yaml/parse.ts";

const codesOf = (text: string): string[] => parseYaml(text).problems.map((problem) => problem.code);

describe("T9 a hostile YAML file is refused before it costs anything", () => {
  test("a bomb of aliases", () => {
    let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (let level = 1; level < 12; level += 1) {
      bomb += `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]\n`;
    }
    expect(codesOf(bomb)).toEqual(["too-many-nodes"]);
  });

  test("a bomb of merge keys", () => {
    let bomb = `a0: &a0 {${Array.from({ length: 2000 }, (_, key) => `k${key}: 1`).join(", ")}}\n`;
    for (let level = 1; level < 60; level += 1) bomb += `a${level}: &a${level} {<<: *a${level - 1}}\n`;
    expect(codesOf(bomb)).toEqual(["too-many-nodes"]);
  });

  test("an alias inside its own anchor", () => expect(codesOf("a: &a [*a]\n")).toEqual(["cyclic-reference"]));
  test("more than a megabyte", () => expect(codesOf(`a: ${"é".repeat(600_000)}`)).toEqual(["too-large"]));
  test("deep brackets", () => expect(codesOf("[".repeat(100_000))).toEqual(["too-deep"]));
  test("deep dashes", () => expect(codesOf(`${"- ".repeat(5000)}x`)).toEqual(["too-deep"]));
  test("a hundred levels of blocks", () => {
    const nested = Array.from({ length: 100 }, (_, level) => `${" ".repeat(level)}k:`).join("\n");
    expect(codesOf(nested)).toEqual(["too-deep"]);
  });
  test("a prototype key", () => expect(codesOf("a:\n  __proto__: {x: 1}\n")).toEqual(["unsafe-key"]));
  test.each(["!!python/object/apply:os.system [id]", "!!js/function 'x'", "!custom x", "!!python/name:os.system"])(
    "the tag %s",
    (value) => expect(codesOf(`a: ${value}\n`)).toEqual(["refused-tag"]),
  );
});

test("files that are all one character, key or line are refused in time", () => {
  const hostile = [
    "\n".repeat(1_000_000),
    "a: b\n".repeat(150_000),
    "? ".repeat(300_000),
    "&a ".repeat(300_000),
    `{a: ${"{b,".repeat(60)}${"a,".repeat(400_000)}`,
    Array.from({ length: 45_000 }, (_, index) => `key_${index}: 1`).join("\n"),
    `command: '${"${{".repeat(300_000)}'\n`,
  ];
  for (const text of hostile) {
    const { problems } = validate(`$schema: x/commandJob.schema.json\n${text}`, { path: "x.yml", files: noFiles });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThan(400);
  }
});
