import { describe, expect, it } from "vitest";
import type { OutputFormat } from "#cli/output/formats.ts";
import { render } from "#cli/output/render.ts";

const endpoint = {
  name: "web",
  id: "/x",
  provisioning_state: "Succeeded",
  services: { Studio: { endpoint: "https://page", type: "Studio" } },
  tags: { owner: "ann" },
  ports: [1, 2],
  enabled: true,
  traffic: 0.5,
  nothing: null,
};
const list = [
  { name: "b", display_name: "second x", version: "2" },
  { name: "a", display_name: "first", version: "10" },
];

const print = (value: unknown, format: OutputFormat, query?: string) => render({ value }, { format, query });

describe("output", () => {
  it("is JSON with sorted keys", async () => {
    expect(await print({ b: 1, a: { d: [], c: null } }, "json")).toBe(
      `{\n  "a": {\n    "c": null,\n    "d": []\n  },\n  "b": 1\n}\n`,
    );
  });

  it.each([
    ["name", "web\n"],
    ["services.Studio.endpoint", "https://page\n"],
    ["enabled", "true\n"],
    ["traffic", "0.5\n"],
    ["nothing", ""],
    ["absent", ""],
    ["[name, enabled, nothing]", "web\ntrue\nNone\n"],
    ["{n: name, s: provisioning_state}", "web\tSucceeded\n"],
    ["ports", "1\n2\n"],
  ])("-o tsv --query %s", async (query, expected) => {
    expect(await print(endpoint, "tsv", query)).toBe(expected);
  });

  it.each([
    ["[].name", "b\na\n"],
    ["[0].name", "b\n"],
    ["[?contains(display_name,'x')].name", "b\n"],
    ["[].[name,version]", "b\t2\na\t10\n"],
    ["[].{V:version,N:name}", "2\tb\n10\ta\n"],
    ["length(@)", "2\n"],
  ])("of a list: -o tsv --query %s", async (query, expected) => {
    expect(await print(list, "tsv", query)).toBe(expected);
  });

  it("as tsv without a query has the values in the order of the keys", async () => {
    expect(await print(endpoint, "tsv")).toBe("True\t/x\tweb\tNone\t2\tSucceeded\t\t\t0.5\n");
  });

  it("as a table shows plain fields, sorted, or those of the query in its order", async () => {
    expect(await print(endpoint, "table")).toBe(
      [
        "Enabled  Name  Provisioning_state  Traffic",
        "-------  ----  ------------------  -------",
        "True     web   Succeeded           0.5",
        "",
      ].join("\n"),
    );
    expect(await print(list, "table", "[].{Version:version,Name:name}")).toBe(
      ["Version  Name", "-------  ----", "2        b", "10       a", ""].join("\n"),
    );
    expect(await print([], "table")).toBe("");
    expect(await print(["x"], "table")).toBe("Result\n------\nx\n");
  });

  it("as YAML sorts keys, and none prints nothing", async () => {
    expect(await print({ b: "yes", a: [1] }, "yaml")).toBe('a:\n  - 1\nb: "yes"\n');
    expect(await print(endpoint, "none")).toBe("");
    expect(await render({}, { format: "json", query: undefined })).toBe("");
  });

  it("refuses an expression that is none", async () => {
    await expect(print(endpoint, "json", "services[")).rejects.toThrow("argument --query: 'services['");
    await expect(print(endpoint, "json", "nosuch(name)")).rejects.toThrow("Unknown function");
  });

  it("colours keys, texts and numbers apart", async () => {
    expect(await print({ a: "x: 1", b: 2 }, "jsonc")).toContain('\u001b[34m"a"\u001b[0m: \u001b[32m"x: 1"\u001b[0m');
  });
});
