import { describe, expect, it } from "vitest";
import type { CloneForm } from "#contract/panels/clone.ts";
import type { CloneSource } from "#contract/routes/reproduce.ts";
import { cloneOverrides } from "#extension/reproduce/cloneOverrides.ts";
import { checkedRequest } from "#extension/reproduce/clonePanelRequest.ts";
import { parseOverrides } from "#spec/index.ts";
import * as page from "../../../webviews/clone/cloneForm.ts";

const { formOf } = page;
/** English, as where no language is chosen. */
const l10n = { t: (text: string, ...values: string[]) => text.replace("{0}", values[0] ?? "") };
const inputFault = (type: string, value: string) => page.inputFault(type, value, l10n);
const formFault = (of: CloneSource, form: CloneForm) => page.formFault(of, form, l10n);

const source: CloneSource = {
  ...{ name: "run", yaml: "", display_name: "a run", experiment_name: "tests", command: "c", compute: "local" },
  inputs: [
    { name: "lr", type: "number", value: "0.1" },
    { name: "n.of", type: "integer", value: "3" },
    { name: "words", type: "string", value: "x" },
    { name: "data", type: "uri_file", value: "azureml:digits:1" },
  ],
  environment_variables: { A: "1", B: "2" },
  ...{ environment: "env", snapshot: null, folder: null },
};

const form = (part: Partial<CloneForm> = {}): CloneForm => ({ ...formOf(source), ...part });
const inputs = (part: Record<string, string>) => form({ inputs: { ...formOf(source).inputs, ...part } });

describe("the changes of a form", () => {
  it("are none when nothing was changed", () => {
    expect(cloneOverrides(source, form())).toEqual([]);
  });

  it("are --set pairs of what was changed", () => {
    const changed = { ...inputs({ lr: " 0.2 ", "n.of": "4", data: "/d/a.csv" }), compute: "gpu", display_name: "b" };
    expect(cloneOverrides(source, changed)).toEqual([
      "inputs.lr=0.2",
      "inputs.n\\.of=4",
      "inputs.data.path=/d/a.csv",
      "compute=gpu",
      "display_name=b",
    ]);
  });

  it.each(["[1, 2]", "{a: 1}", "null", '"', "a=b", " x "])("keep the text %j a text", (words) => {
    const { overrides, problems } = parseOverrides(cloneOverrides(source, inputs({ words })));
    expect(problems).toEqual([]);
    const [change] = overrides;
    const value = change && "set" in change ? change.value : undefined;
    expect(typeof value === "string" ? value : (value as { value: string }).value).toBe(words);
  });

  it("hold all environment variables when one was changed, added or taken away", () => {
    const rows = [
      { name: "B", value: "[2]" },
      { name: "A", value: "1" },
      { name: " ", value: "a row that nobody filled in" },
    ];
    const [pair = ""] = cloneOverrides(source, form({ environment_variables: rows }));
    expect(parseOverrides([pair]).overrides).toEqual([
      expect.objectContaining({ set: ["environment_variables"], value: { A: "1", B: "[2]" } }),
    ]);
  });
});

describe("a form", () => {
  it("wants numbers where numbers were", () => {
    expect(inputFault("integer", "3.5")).not.toBe("");
    expect(inputFault("integer", "-3")).toBe("");
    expect(inputFault("number", "x")).not.toBe("");
    expect(inputFault("number", "1e-4")).toBe("");
    expect(inputFault("uri_folder", " ")).not.toBe("");
    expect(formFault(source, inputs({ lr: "fast" }))).toContain("lr");
  });

  it("wants names of variables that can be names, each once", () => {
    const rows = (...names: string[]) => form({ environment_variables: names.map((name) => ({ name, value: "" })) });
    expect(formFault(source, rows("A", "B", ""))).toBe("");
    expect(formFault(source, rows("A", "A"))).toContain("twice");
    expect(formFault(source, rows("A=B"))).toContain("A=B");
  });
});

describe("what the page asks for", () => {
  it("is let in when its fields are of the right types", () => {
    for (const request of [{ type: "ready" }, { type: "pick", input: "data", folder: true }]) {
      expect(checkedRequest(request)).toEqual(request);
    }
    expect(checkedRequest({ type: "submit", form: form() })).toBeDefined();
  });

  it.each([
    null,
    { type: "delete" },
    { type: "pick", input: 1, folder: true },
    { type: "submit" },
    { type: "submit", form: { ...form(), code: "elsewhere" } },
    { type: "submit", form: { ...form(), inputs: { lr: { path: "x" } } } },
    { type: "open-yaml", form: { ...form(), environment_variables: [{ name: "A" }] } },
  ])("is refused: %j", (request) => {
    expect(checkedRequest(request)).toBeUndefined();
  });
});
