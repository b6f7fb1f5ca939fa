import { describe, expect, it } from "vitest";
import type { Comparison } from "#contract/routes/compare.ts";
import { checkedRequest } from "#extension/compare/comparePanelRequest.ts";
import { comparisonCsv } from "#extension/compare/csv.ts";
import { comparisonHtml } from "#extension/compare/html.ts";

const run = { experiment_name: "e", status: "Completed", started_at: 0, ended_at: null } as const;

const comparison = (value: string): Comparison => ({
  baseline: 0,
  runs: [
    { ...run, name: "a", display_name: "one", label: "baseline" },
    { ...run, name: "b", display_name: value, label: value },
  ],
  facts: [
    { group: "parameters", key: "lr", differs: true, values: ["-1e-3", value] },
    { group: "tags", key: "team", differs: false, values: ["vision, north"] },
    { group: "metrics", key: "f1", differs: true, values: ["0.5", null] },
  ],
  curves: ["loss"],
  missing: [],
});

describe("CSV", () => {
  it("has a row for each run, with what is the same for all in every row", () => {
    const lines = comparisonCsv(comparison("3e-4")).split("\r\n");
    expect(lines[0]).toBe(
      "name,display_name,experiment_name,status,started_at,ended_at,label,parameters.lr,tags.team,metrics.f1",
    );
    expect(lines[1]).toBe('a,one,e,Completed,1970-01-01T00:00:00.000Z,,baseline,-1e-3,"vision, north",0.5');
    expect(lines[2]).toMatch(/,3e-4,"vision, north",$/u);
  });

  it("keeps a spreadsheet from running a value", () => {
    expect(comparisonCsv(comparison('=HYPERLINK("x")'))).toContain(`"'=HYPERLINK(""x"")"`);
    expect(comparisonCsv(comparison("-2+3"))).toContain(",'-2+3,");
  });
});

it("HTML shows hostile texts as texts and refers to nothing outside", () => {
  const payload = `"><script>hit()</script><img src=x onerror='hit()'>`;
  const html = comparisonHtml({
    comparison: comparison(payload),
    series: [
      {
        key: payload,
        curves: [
          {
            run: "b",
            total: 2,
            points: [
              [0, 0, 1],
              [1, 0, "NaN"],
            ],
          },
        ],
      },
    ],
    madeAt: new Date(0),
    l10n: { t: (text) => text },
    language: "en",
  });
  expect(html).not.toMatch(/<script|<img|https?:/u);
  expect(html).toContain("<polyline");
  expect(html).toContain("default-src 'none'");
});

it.each([
  [{ type: "ready" }, true],
  [{ type: "series", keys: ["loss"] }, true],
  [{ type: "series", keys: [1] }, false],
  [{ type: "series", keys: Array.from({ length: 101 }, () => "k") }, false],
  [{ type: "open-file", path: "a.py", change: "changed" }, true],
  [{ type: "open-file", path: "a.py", change: "deleted" }, false],
  [{ type: "export", format: "exe" }, false],
  [{ type: "remove" }, false],
  [{ type: "workbench.action.quit" }, false],
  [null, false],
])("the page's message %j is let in: %s", (message, isLetIn) => {
  expect(checkedRequest(message) !== undefined).toBe(isLetIn);
});
