import { expect, test } from "vitest";
import { problemMatchers } from "#extension/contributions/tasks.ts";
import { readTask, TaskFault, toOverrides } from "#extension/tasks/taskDefinition.ts";
import { parseOverrides } from "#spec/index.ts";

test("inputs become --set pairs that the language reads back", () => {
  const pairs = toOverrides({
    epochs: 1,
    fast: true,
    "a.b[0]": "x",
    data: { path: "./s.csv", type: "uri_file" },
    none: null,
  });
  expect(pairs).toEqual([
    "inputs.epochs=1",
    "inputs.fast=true",
    "inputs.a\\.b\\[0\\]=x",
    "inputs.data.path=./s.csv",
    "inputs.data.type=uri_file",
    "inputs.none=null",
  ]);
  const { overrides, problems } = parseOverrides(pairs);
  expect(problems).toEqual([]);
  expect(overrides.map((override) => "set" in override && override.set)).toContainEqual(["inputs", "a.b[0]"]);
});

test("a definition has its defaults, and set follows the inputs", () => {
  expect(readTask({ type: "slipway", file: "job.yml", inputs: { n: 2 }, set: ["limits.timeout=9"] })).toEqual({
    command: "run",
    file: "job.yml",
    overrides: ["inputs.n=2", "limits.timeout=9"],
    allowHome: false,
    allowSecrets: false,
    skipParentIgnored: false,
  });
});

test.each([
  [{}, "file"],
  [{ file: 3 }, "file"],
  [{ file: "a.yml", command: "delete" }, "command"],
  [{ file: "a.yml", inputs: ["n=1"] }, "inputs"],
  [{ file: "a.yml", set: "n=1" }, "set"],
  [{ file: "a.yml", python: 3 }, "python"],
])("a wrong definition names the key: %j", (given, key) => {
  const read = () => readTask({ type: "slipway", ...given });
  expect(read).toThrow(TaskFault);
  expect(read).toThrow(`\`${key}\``);
});

/** What VS Code does with a matcher: one line after another against the patterns. */
function matches(name: string, lines: string[]): RegExpExecArray[] | undefined {
  const { pattern } = problemMatchers.find((matcher) => matcher.name === name) ?? {};
  const patterns = Array.isArray(pattern) ? pattern : pattern ? [pattern] : [];
  const found = patterns.map(({ regexp }, at) => new RegExp(regexp).exec(lines[at] ?? ""));
  return found.every((match) => match !== null) ? (found as RegExpExecArray[]) : undefined;
}

test("$slipway reads a line of the check, whatever stands in the message", () => {
  const line = "/home/a b/job.yml:3:11: error: 'x: [y]' is no number: 12:3 [wrong-type]";
  const [match] = matches("slipway", [line]) ?? [];
  expect(match?.slice(1)).toEqual([
    "/home/a b/job.yml",
    "3",
    "11",
    "error",
    "'x: [y]' is no number: 12:3",
    "wrong-type",
  ]);
  expect(matches("slipway", ["/home/job.yml:--set: error: no [bad-override]"])).toBeUndefined();
});

test("$slipway-python takes the last frame with the error below it, and no frame above", () => {
  const [frame, error] = matches("slipway-python", ['  File "/src/train.py", line 4', "a.b.MyError: it: broke"]) ?? [];
  expect(frame?.slice(1)).toEqual(["/src/train.py", "4"]);
  expect(error?.[1]).toBe("a.b.MyError: it: broke");
  expect(
    matches("slipway-python", ['  File "/src/train.py", line 4, in <module>', "    import absent"]),
  ).toBeUndefined();
});
