import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { entryOf, plainOf } from "../../../src/spec/yaml/node.ts";
import { parseYaml } from "../../../src/spec/yaml/parse.ts";
import { pythonRepr, pythonStr } from "../../../src/spec/yaml/pythonStr.ts";
import { PyBytes, PyDate, PyDateTime, PyFloat } from "../../../src/spec/yaml/values.ts";

interface Row {
  yaml: string;
  type?: string;
  str?: string;
  repr?: string | null;
  error?: string;
}

const table = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "fixtures", "spec", "scalars.json"), "utf8"),
) as Row[];

function pythonType(value: unknown): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "number" || typeof value === "bigint") return "int";
  if (value instanceof PyFloat) return "float";
  if (value instanceof PyDate) return "date";
  if (value instanceof PyDateTime) return "datetime";
  if (value instanceof PyBytes) return "bytes";
  return Array.isArray(value) ? "list" : "dict";
}

describe("scalars are read as PyYAML's SafeLoader reads them", () => {
  test("the table is large enough to mean something", () => {
    expect(table.length).toBeGreaterThanOrEqual(500);
  });

  test.each(table)("$yaml", (row) => {
    const { root, problems } = parseYaml(row.yaml);
    const errors = problems.map((problem) => `${problem.code}: ${problem.message}`);
    if (row.error !== undefined) {
      expect(errors, `PyYAML raises ${row.error}`).not.toEqual([]);
      return;
    }
    expect(errors).toEqual([]);
    const value = plainOf(entryOf(root, "k")!.value);
    expect(pythonType(value)).toBe(row.type);
    if (row.repr !== null) {
      expect(pythonStr(value)).toBe(row.str);
      expect(pythonRepr(value)).toBe(row.repr);
    } else if (row.type !== "list") expect(pythonStr(value)).toBe(row.str);
  });
});
