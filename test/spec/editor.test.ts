import { expect, test } from "vitest";
import { documentKind, hoverAt, jsonSchemas, knownKinds, referencesIn } from "../../src/spec/index.ts";

const job = `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: python t.py \${{inputs.lr}}
code: ./src
environment: azureml:sklearn@latest
inputs:
  lr: 1.0
  data: {type: uri_file, path: ./d.csv, mode: download}
compute: local
`;

test("hovering a key tells its type and meaning", () => {
  expect(hoverAt(job, 3, 2)?.text).toMatch(/\*\*code\*\* — string[^]*working directory/);
  expect(hoverAt(job, 7, 12)?.text).toContain("`uri_file` | `uri_folder`");
  expect(hoverAt(job, 6, 9)?.text).toContain("Python prints it as `1.0`");
  expect(hoverAt(job, 2, 25)?.text).toContain("`${{inputs.lr}}`: `1.0`");
  expect(hoverAt(job, 7, 42)?.range).toEqual({ line: 7, column: 41, endLine: 7, endColumn: 45 });
  expect(hoverAt("a: [", 1, 1)).toBeUndefined();
});

test("references are found with their places and targets", () => {
  expect(referencesIn(job, "/p/job.yml").map(({ path, text, target }) => [path, text, target])).toEqual([
    ["code", "./src", "/p/src"],
    ["environment", "azureml:sklearn@latest", undefined],
    ["inputs.data.path", "./d.csv", "/p/d.csv"],
  ]);
});

test("every known kind has a JSON Schema with a description for each of its keys", () => {
  const schemas = jsonSchemas();
  expect([...schemas.keys()]).toEqual([...knownKinds]);
  const command = schemas.get("job:command")!.properties!;
  for (const [key, schema] of Object.entries(command)) expect(schema.description, key).toBeTruthy();
  expect(schemas.get("job:command")!.required).toEqual(["command", "environment"]);
});

test("the kind is told by $schema, by type, by keys", () => {
  expect(documentKind(job)).toBe("job:command");
  expect(documentKind("type: azure_blob\nname: b\naccount_name: a\ncontainer_name: c\n")).toBe("datastore");
  expect(documentKind("name: c\ntype: amlcompute\n")).toBe("compute");
  expect(documentKind("name: e\nimage: python\n")).toBe("environment");
  expect(documentKind("type: pipeline\njobs: {}\n")).toBe("job:pipeline");
  expect(documentKind("type: kubernetes\nname: x\nendpoint_name: e\nmodel: a\n")).toBe("online deployment");
  expect(documentKind("name: env\ndependencies: [pip]\n")).toBeNull();
  expect(documentKind("$schema: https://x/latest/dataset.schema.json\n")).toBeNull();
  expect(documentKind("$schema: x/data.schema.json\npath: a: b\n")).toBe("data");
  expect(documentKind("- a\n")).toBeNull();
});
