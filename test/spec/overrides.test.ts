import { describe, expect, test } from "vitest";
import { load, noFiles, parseOverrides, parseRemovals, validate, type LoadedCommandJob } from "../../src/spec/index.ts";

const job = `command: python train.py \${{inputs.epochs}}
environment: azureml:sklearn:1
inputs:
  epochs: 3
  data: {type: uri_folder, path: ./data}
identity: {type: user_identity}
`;

function loadWith(...pairs: string[]): LoadedCommandJob {
  const { overrides, problems } = parseOverrides(pairs);
  const loaded = load(job, { path: "/p/job.yml", files: noFiles, overrides, expect: "job" });
  expect([...problems, ...loaded.problems]).toEqual([]);
  return loaded.document as LoadedCommandJob;
}

function problemsWith(...pairs: string[]) {
  const { overrides, problems } = parseOverrides(pairs);
  return [...problems, ...validate(job, { path: "/p/job.yml", files: noFiles, overrides }).problems];
}

describe("--set", () => {
  test("changes, adds and nests before loading", () => {
    const loaded = loadWith("inputs.epochs=5", "limits.timeout=60", "tags.team=vision", "resources.instance_count=2");
    expect(loaded.inputs["epochs"]).toMatchObject({ kind: "literal", text: "5" });
    expect(loaded.timeout).toBe(60);
    expect(loaded.tags).toEqual({ team: "vision" });
    expect(loaded.resources).toEqual({ instance_count: 2 });
  });

  test("takes a value with '=' in it, and paths relative to the YAML file", () => {
    const loaded = loadWith("inputs.data.path=../other/a=b", "environment_variables.OPTS=--x=1 --y");
    expect(loaded.inputs["data"]).toMatchObject({ path: "/other/a=b" });
    expect(loaded.environmentVariables).toEqual({ OPTS: "--x=1 --y" });
  });

  test("reads JSON and lists, sets list items, and null", () => {
    const loaded = loadWith(
      'inputs.extra={"type":"uri_file","path":"./x.csv"}',
      "resources.locations=[a, b]",
      "resources.locations[1]=c",
      "outputs.o=null",
    );
    expect(loaded.inputs["extra"]).toMatchObject({ kind: "data", type: "uri_file" });
    expect(loaded.resources).toEqual({ locations: ["a", "c"] });
    expect(loaded.outputs["o"]).toEqual({ type: "uri_folder", mode: "rw_mount" });
  });

  test("a fault in a flag points at the flag", () => {
    const [problem] = problemsWith("limits.timeout=soon");
    expect(problem).toMatchObject({
      code: "wrong-type",
      origin: "flag",
      path: "limits.timeout",
      range: { line: 1, column: 16 },
    });
  });

  test("nothing can be set inside a reference", () => {
    const [problem] = problemsWith("environment.image=python:3.12");
    expect(problem).toMatchObject({ code: "bad-override", severity: "error", origin: "flag" });
  });

  test.each(["no-value", "=x", "a..b=1", "a[x]=1", "__proto__.x=1", "a={b", ""])("'%s' is refused", (pair) => {
    expect(parseOverrides([pair]).problems).toMatchObject([{ code: "bad-override", origin: "flag" }]);
  });
});

test("--remove takes a key or a list item away", () => {
  const { overrides } = parseRemovals(["inputs.data", "identity"]);
  const { document } = load(job, { path: "/p/job.yml", files: noFiles, overrides });
  expect(Object.keys((document as LoadedCommandJob).inputs)).toEqual(["epochs"]);
  expect((document as LoadedCommandJob).identity).toBeUndefined();
});
