import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { renderCommand, shellFault, type CommandValue } from "../../src/spec/index.ts";

const from = (origin: CommandValue["origin"], text: string): CommandValue => ({ text, origin });

describe("T10 values that somebody else gave never become shell", () => {
  test.each([
    "'; touch X #",
    "$(touch X)",
    "`touch X`",
    "a\ntouch X",
    "a\rtouch X",
    "-rf",
    "--version",
    "a\u0000b",
    "x".repeat(10_000),
    "a b",
    "a;b",
    "a&b",
    "a|b",
    "a>b",
    "a<b",
    "*",
    "a?",
    "[a]",
    "{a,b}",
    "~root",
    "!x",
    "a#b",
    "\\x",
    '"',
    "(",
    "",
    "a\u00a0b",
    "a\u2028b",
    "${{inputs.y}}",
  ])("%j is refused, with the reason", (text) => {
    const rendered = renderCommand("echo ${{inputs.x}}", { inputs: { x: from("foreign", text) }, outputs: {} });
    expect(rendered.text).toBe("");
    expect(rendered.refusals).toMatchObject([{ value: "inputs.x" }]);
    expect(rendered.refusals[0]?.reason.length).toBeGreaterThan(5);
  });

  test.each([
    "abc",
    "5",
    "-5",
    "-0.5",
    "1e-05",
    "True",
    "/data/a_b-c.csv",
    "azureml:model:3",
    "a@b",
    "50%",
    "é",
    "日本",
    "k=v",
    "1,2,3",
  ])("%j is let through and bash reads it as it is", (text) => {
    expect(shellFault(text)).toBeUndefined();
    const { text: command } = renderCommand("printf %s ${{inputs.x}}", {
      inputs: { x: from("foreign", text) },
      outputs: {},
    });
    const ran = spawnSync("/bin/bash", ["-c", command.replace("printf %s", "printf '%s'")], { encoding: "utf8" });
    expect(ran.stdout).toBe(text);
  });
});

test("what the author of the YAML wrote is pasted as Azure pastes it", () => {
  const inputs = { x: from("author", "$(date) 'a b'"), p: from("engine", "/w/my data") };
  const rendered = renderCommand("run ${{inputs.x}} ${{inputs.p}}", { inputs, outputs: {} });
  expect(rendered).toEqual({ text: "run $(date) 'a b' /w/my data", problems: [], refusals: [] });
});
