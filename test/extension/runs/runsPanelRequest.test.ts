import { describe, expect, it } from "vitest";
import { runsPanelRequests } from "#contract/panels/runs.ts";
import { runsCsv } from "#extension/runs/runsCsv.ts";
import { checkedRequest } from "#extension/runs/runsPanelRequest.ts";

const query = { filter: "", order: [{ column: "params.lr", ascending: true }], experiments: [], stage: "active" };
const whole: Record<string, object> = {
  search: { search: 1, query },
  rows: { generation: 1, ids: [1, 2], columns: ["params.lr"] },
  values: { column: "tags.team", prefix: "" },
  "save-view": { view: { name: "Best", query, columns: [], pinned: 1 } },
  "delete-view": { name: "Best" },
  open: { name: "a_run" },
  export: { ids: [1], columns: [] },
  ...Object.fromEntries(["compare", "archive", "delete", "restore", "copy-names"].map((type) => [type, { ids: [1] }])),
};

describe("T16 messages of the runs page", () => {
  it.each(runsPanelRequests)("%s is let in when it is whole", (type) => {
    const message = { type, ...whole[type] };
    expect(checkedRequest(message)).toEqual(message);
  });

  it.each(Object.keys(whole))("%s is refused with fields of other types", (type) => {
    const fields = Object.keys(whole[type] ?? {});
    for (const field of fields) {
      for (const wrong of [undefined, null, { toString: "x" }, [{}], Number.NaN]) {
        expect(
          checkedRequest({ type, ...whole[type], [field]: wrong }),
          `${field} ${JSON.stringify(wrong)}`,
        ).toBeUndefined();
      }
    }
  });

  it("what is not on the list, and what is no message, is refused", () => {
    for (const message of [undefined, null, 7, "ready", [], { type: "execute" }, { type: "__proto__" }]) {
      expect(checkedRequest(message)).toBeUndefined();
    }
  });
});

describe("T22 the runs as CSV", () => {
  it.each(["=HYPERLINK(1)", "+1+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx"])("%j stays a text", (payload) => {
    const row = { id: 1, name: "r", display_name: payload, status: "Completed", stage: "active" } as const;
    const [, line] = runsCsv(["tags.a", "metrics.b"], [{ ...row, cells: [payload, -0.5] }]).split("\r\n");
    expect(line).toBe(`r,'${payload},Completed,'${payload},-0.5`);
  });

  it("times are ISO 8601, what is missing is empty, and cells with commas are quoted", () => {
    const row = { id: 1, name: "r", display_name: "a,b", status: "Completed", stage: "active" } as const;
    const columns = ["attributes.start_time", "params.x", "attributes.duration"];
    expect(runsCsv(columns, [{ ...row, cells: [0, null, 1.5] }]).split("\r\n")).toEqual([
      "name,display_name,status,attributes.start_time,params.x,attributes.duration",
      'r,"a,b",Completed,1970-01-01T00:00:00.000Z,,1.5',
      "",
    ]);
  });
});
