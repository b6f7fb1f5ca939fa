import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainOf } from "../../../src/spec/yaml/node.ts";
import { parseYaml } from "../../../src/spec/yaml/parse.ts";
import { pythonRepr } from "../../../src/spec/yaml/pythonStr.ts";

const table = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "fixtures", "spec", "documents.json"), "utf8"),
) as { yaml: string; repr?: string; error?: string }[];

/** Where the parser differs from PyYAML, on purpose or at the price of something nobody writes (docs/dev/spec.md). */
const known = new Set([
  "%YAML 2.0\n---\na: 1\n",
  "%a: x\n",
  "a: [\nb\n]\n",
  'a: "x\n\ty"\n',
  "a: !!set {b}\n",
  "a: [?b]\n",
]);

describe("documents are read or refused as PyYAML reads or refuses them", () => {
  test.each(table.filter((row) => !known.has(row.yaml)))("$yaml", (row) => {
    const { root, problems } = parseYaml(row.yaml);
    const errors = problems.filter((problem) => problem.code !== "duplicate-key");
    if (row.error !== undefined) {
      expect(errors).not.toEqual([]);
      for (const { range } of errors) expect(range.line).toBeGreaterThan(0);
    } else {
      expect(errors).toEqual([]);
      expect(root ? pythonRepr(plainOf(root)) : "None").toBe(row.repr);
    }
  });
});
