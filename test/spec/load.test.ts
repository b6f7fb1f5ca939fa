import { describe, expect, test } from "vitest";
import { load, type FileProvider, type LoadedCommandComponent, type LoadedCommandJob } from "../../src/spec/index.ts";

const files: FileProvider = {
  exists: (path) => (path.endsWith(".yml") || path.endsWith(".csv") ? "file" : "folder"),
  read: (path) => (path === "/p/conda.yml" ? "dependencies: [numpy]\n" : undefined),
};

function loaded<T>(text: string, options: { workingFolder?: string } = {}): T {
  const { document, problems } = load(text, { path: "/p/my project.v2/job.yml", files, ...options });
  expect(problems.filter((problem) => problem.severity === "error")).toEqual([]);
  return document as T;
}

const minimal = "command: echo\nenvironment: azureml:e:1\n";

describe("a command job with Azure's defaults", () => {
  test("the experiment is the folder's name up to its last dot, without spaces", () => {
    expect(loaded<LoadedCommandJob>(minimal).experimentName).toBe("myproject");
    expect(loaded<LoadedCommandJob>(minimal, { workingFolder: "/home/u/iris" }).experimentName).toBe("iris");
    expect(loaded<LoadedCommandJob>(minimal, { workingFolder: "/" }).experimentName).toBe("Default");
    expect(loaded<LoadedCommandJob>(`${minimal}experiment_name: mine\n`).experimentName).toBe("mine");
  });

  test("literals print as in Python", () => {
    const { inputs } = loaded<LoadedCommandJob>(
      `${minimal}inputs: {a: 1.0, b: true, c: 1e-5, d: 1.0e-5, e: yes, f: 010, g: 12:30:00, h: 'x', i: 3, j: {value: 2.50}}\n`,
    );
    expect(Object.values(inputs).map((input) => (input.kind === "literal" ? input.text : ""))).toEqual([
      "1.0",
      "True",
      "1e-5",
      "1e-05",
      "True",
      "8",
      "45000",
      "x",
      "3",
      "2.5",
    ]);
  });

  test("data, outputs, code and compute", () => {
    const job = loaded<LoadedCommandJob>(
      `${minimal}code: ../src\ncompute: azureml:gpu1\ninputs: {a: {path: ./d.csv, type: uri_file}, t: {type: mltable, path: 'azureml:t:1'}, f: {path: .}}\noutputs: {o: , m: {type: mlflow_model, name: iris, version: 2}}\n`,
    );
    expect(job.code).toMatchObject({ given: "../src", path: "/p/src" });
    expect(job.compute).toEqual({ given: "azureml:gpu1", name: "gpu1" });
    expect(job.inputs["a"]).toMatchObject({
      kind: "data",
      type: "uri_file",
      mode: "ro_mount",
      path: "/p/my project.v2/d.csv",
    });
    expect(job.inputs["t"]).toMatchObject({
      mode: "eval_mount",
      path: "azureml:t:1",
      reference: { kind: "asset", version: "1" },
    });
    expect(job.inputs["f"]).toMatchObject({ type: "uri_folder" });
    expect(job.outputs).toEqual({
      o: { type: "uri_folder", mode: "rw_mount" },
      m: { type: "mlflow_model", mode: "rw_mount", name: "iris", version: "2" },
    });
  });

  test("environments: reference, image with a conda file, inline conda, build folder", () => {
    const withEnvironment = (yaml: string) =>
      loaded<LoadedCommandJob>(`command: echo\nenvironment: ${yaml}\n`).environment;
    expect(withEnvironment("azureml:e@latest")).toMatchObject({ kind: "reference", reference: { label: "latest" } });
    expect(withEnvironment("{image: python, conda_file: ../conda.yml}")).toEqual({
      kind: "inline",
      image: "python",
      conda: { path: "/p/conda.yml", text: "dependencies: [numpy]\n" },
    });
    expect(withEnvironment("{image: python, conda_file: {name: x, dependencies: [python=3.10, 1.0]}}")).toMatchObject({
      conda: { text: '{"name": "x", "dependencies": ["python=3.10", 1.0]}' },
    });
    expect(withEnvironment("{build: {path: ../docker}}")).toEqual({
      kind: "inline",
      build: { path: "/p/docker", dockerfilePath: "Dockerfile" },
    });
  });

  test("environment variables and tags are text", () => {
    const job = loaded<LoadedCommandJob>(
      `${minimal}environment_variables: {A: yes, B: 1.0, C: [1, a], D: }\ntags: {x: , y: 'z'}\n`,
    );
    expect(job.environmentVariables).toEqual({ A: "True", B: "1.0", C: "[1, 'a']", D: "" });
    expect(job.tags).toEqual({ x: "", y: "z" });
  });
});

test("a component's defaults are cast to their types", () => {
  const component = loaded<LoadedCommandComponent>(
    `name: c\ntype: command\nversion: 1.0\n${minimal}inputs: {n: {type: number, default: 1024}, s: {type: number, default: 1e-3}, i: {type: integer, default: '7'}, b: {type: boolean, default: 'true'}, t: {type: string, default: 5}, o: {type: integer, default: 4, optional: true, min: 1}}\n`,
  );
  expect(component.version).toBe("1.0");
  expect(Object.values(component.inputs).map((input) => input.default?.text)).toEqual([
    "1024.0",
    "0.001",
    "7",
    "True",
    "5",
    "4",
  ]);
  expect(component.inputs["o"]).toMatchObject({ optional: true, min: 1 });
});

test("what is wrong comes as problems and no document", () => {
  const { document, problems } = load("command: echo\n", { path: "job.yml", files, expect: "job" });
  expect(document).toBeUndefined();
  expect(problems).toMatchObject([{ code: "missing-key", path: "environment" }]);
});
