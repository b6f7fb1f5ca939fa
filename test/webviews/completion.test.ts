import { describe, expect, it } from "vitest";
import { completionAt, suggestions } from "../../webviews/runs/completion.ts";
import { layOut, slotsInSight } from "../../webviews/runs/layout.ts";
import { sortedBy } from "../../webviews/runs/view.ts";

const known = {
  columns: [
    { kind: "params" as const, key: "lr", runs: 2 },
    { kind: "metrics" as const, key: "val/loss", runs: 1 },
    { kind: "tags" as const, key: "team", runs: 1 },
  ],
  experiments: [],
};

/** What is offered at `|`. */
const offered = (text: string, values: string[] = []) => {
  const caret = text.indexOf("|");
  return suggestions(completionAt(text.replace("|", ""), caret), known, values).map((item) => item.text);
};

describe("what a filter is completed with", () => {
  it.each([
    ["|", "params.lr"],
    ["NOT (par|", "params.lr"],
    ["params.lr < 1 AND val|", "metrics.`val/loss`"],
    ["tags.team |", "LIKE"],
    ["tags.team = |", "'vision'"],
    ["tags.team IN |", "("],
    ["tags.team IN ('text', |", "'vision'"],
    ["tags.team = 'vi|", "'vision'"],
    ["tags.team IS |", "IS NULL"],
    ["tags.team = 'x' |", "AND"],
    ["tags.team IN ('x') |", "OR"],
    ["(tags.team = 'x' OR metrics.`val/loss` |", "<="],
  ])("%s is offered %s", (text, suggestion) => {
    expect(offered(text, ["vision"])).toContain(suggestion);
  });

  it("names the column whose values are asked for, and what the word takes the place of", () => {
    expect(completionAt("params.`a b` = 'x", 17)).toMatchObject({
      expects: "value",
      column: "params.a b",
      from: 15,
      to: 17,
    });
    expect(completionAt("parameters.lr = ", 16)).toMatchObject({ column: "params.lr", from: 16, typed: "" });
    expect(completionAt("status = ", 9)).toMatchObject({ column: "attributes.status" });
    expect(completionAt("pa.lr < 1", 2)).toMatchObject({ expects: "field", from: 0, to: 5 });
  });

  it("never fails, whatever stands there", () => {
    for (const text of ["'", "`", "((((", ")", "= = =", "a.", "a.`", "IN IN", "💥 ~ ;", "NOT NOT"]) {
      for (let caret = 0; caret <= text.length; caret++) {
        expect(() => suggestions(completionAt(text, caret), known, [])).not.toThrow();
      }
    }
  });
});

describe("places of columns", () => {
  const columns = ["attributes.run_name", "metrics.train/a", "metrics.train/b", "params.lr"];
  const lay = (closed: string[]) => layOut({ columns, pinned: 1, closed: new Set(closed), widths: {} });

  it("stand beside each other under the headings of their groups; a closed group is one", () => {
    const open = lay([]);
    expect(open.headings.map(({ group, first, end }) => [group, first, end])).toEqual([
      ["attributes.", 0, 1],
      ["metrics.train/", 1, 3],
      ["params.", 3, 4],
    ]);
    for (const [index, slot] of open.slots.slice(1).entries()) {
      const before = open.slots[index];
      expect(slot.left).toBe((before?.left ?? 0) + (before?.width ?? 0));
    }
    expect(open.slots.map(({ column }) => column.groupTitle).slice(1, 3)).toEqual([
      "Metrics · train/",
      "Metrics · train/",
    ]);
    const shut = lay(["metrics.train/"]);
    expect(shut.slots.map((slot) => slot.closed.length)).toEqual([0, 2, 0]);
    expect(shut.total).toBeLessThan(open.total);
  });

  it("are drawn when they are in sight, and the pinned ones apart", () => {
    const { slots, pinnedWidth } = lay([]);
    expect(slotsInSight(slots, pinnedWidth, pinnedWidth + 10)).toEqual({ first: 1, end: 3 });
    expect(slotsInSight(slots, 1e6, 1e6 + 10).end).toBe(4);
  });

  it("are sorted by up, down, not at all, and after each other with Shift", () => {
    const up = sortedBy([], "a.x", false);
    const down = sortedBy(up, "a.x", false);
    expect([up, down, sortedBy(down, "a.x", false)]).toEqual([
      [{ column: "a.x", ascending: true }],
      [{ column: "a.x", ascending: false }],
      [],
    ]);
    expect(sortedBy(up, "a.y", true)).toEqual([...up, { column: "a.y", ascending: true }]);
    expect(sortedBy(sortedBy(up, "a.y", true), "a.x", true)[0]).toEqual({ column: "a.x", ascending: false });
  });
});
