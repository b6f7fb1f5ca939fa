import { describe, expect, test } from "vitest";
import { parseTemplate, render } from "../../src/spec/index.ts";

const scope = {
  inputs: { lr: "1e-05", data: "/d/my file.csv", flag: "False" },
  outputs: { model: "/o/model" },
  name: "calm_fox_1",
  defaultDatastore: "workspaceblobstore",
};

describe("rendering a command", () => {
  test.each<[string, string]>([
    ["python t.py --lr ${{inputs.lr}} --out ${{outputs.model}}", "python t.py --lr 1e-05 --out /o/model"],
    ["cat ${{inputs.data}}", "cat /d/my file.csv"],
    ['cat "${{ inputs.data }}"', 'cat "/d/my file.csv"'],
    ["x $[[--lr ${{inputs.lr}}]] y", "x --lr 1e-05 y"],
    ["x $[[--n ${{inputs.n}}]] y", "x  y"],
    ["x $[[--n ${{inputs.n}} --lr ${{inputs.lr}}]]y", "x y"],
    ["x $[[inputs.registered_model_name]]", "x inputs.registered_model_name"],
    ["${{name}} ${{default_datastore}}", "calm_fox_1 workspaceblobstore"],
    ["echo $HOME ${HOME} $((1+1)) `date` {{x}} [[ a ]]", "echo $HOME ${HOME} $((1+1)) `date` {{x}} [[ a ]]"],
    ["if [[ -n $x ]]; then echo $[[${{inputs.lr}}]]; fi", "if [[ -n $x ]]; then echo 1e-05; fi"],
    ["cp (.*)\\.jpg ${{inputs.flag}}", "cp (.*)\\.jpg False"],
  ])("%s", (command, expected) => expect(render(command, scope)).toEqual({ text: expected, problems: [] }));

  test("a value that looks like an expression is not rendered again", () => {
    const values = { inputs: { a: "${{inputs.b}}", b: "secret" }, outputs: {} };
    expect(render("echo ${{inputs.a}}", values).text).toBe("echo ${{inputs.b}}");
  });

  test("what has no value is told with its place and the nearest name", () => {
    const { problems } = render("a ${{inputs.dat}} ${{outputs.modle}} ${{parent.inputs.x}}", scope);
    expect(problems.map(({ code }) => code)).toEqual(["unknown-input", "unknown-output", "unknown-scope"]);
    expect(problems[0]).toMatchObject({ start: 2, end: 17 });
    expect(problems[0]?.message).toContain("Did you mean 'data'?");
  });

  test("names of Object's own properties are no inputs", () => {
    expect(render("${{inputs.constructor}}", scope).problems).toHaveLength(1);
  });
});

describe("malformed expressions", () => {
  test.each([
    "${{inputs.x",
    "${{}}",
    "${{inputs}}",
    "${{input.x}}",
    "${{inputs..x}}",
    "${{inputs.a b}}",
    "${{name.x}}",
    "$[[ --a ${{inputs.x}}",
    "${{ inputs.x ${{inputs.y}}",
  ])("%s", (text) => expect(parseTemplate(text).faults.length).toBeGreaterThan(0));
});
