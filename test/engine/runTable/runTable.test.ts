import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import type { CodedError } from "#base/errors.ts";
import { RunQuery } from "#contract/routes/runTable.ts";
import { Keeping } from "#engine/gc/keeping.ts";
import { RunTable } from "#engine/runTable/runTable.ts";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "../tracking/support/api.ts";

const logged = [
  { run_name: "a", lr: "0.1", loss: 0.5, tag: "vision" },
  { run_name: "b", lr: "0.01", loss: Number.NaN, tag: "text" },
  { run_name: "c", lr: "1e-3", loss: 0.1, tag: "vision" },
  { run_name: "d", lr: "auto", loss: null, tag: "=HYPERLINK(1)" },
];

describe("the runs table", () => {
  let server: TrackingServer;
  let api: Api;
  let table: RunTable;
  let experiment: string;
  const announced: number[] = [];

  beforeAll(async () => {
    server = await startTrackingServer();
    api = new Api(server);
    const keeping = new Keeping({
      ...{ store: server.store, clock: systemClock, logs: "/nowhere" },
      announce: (id) => announced.push(id),
    });
    table = new RunTable({ store: server.store, clock: systemClock, keeping });
    experiment = await api.newExperiment("digits");
    for (const [index, { run_name, lr, loss, tag }] of logged.entries()) {
      const run = await api.newRun(experiment, { run_name, start_time: 1000 + index });
      await api.ok("runs/log-batch", {
        run_id: run,
        params: [{ key: "lr", value: lr }],
        tags: [{ key: "team", value: tag }],
        metrics:
          loss === null ? [] : [{ key: "val/loss", value: Number.isNaN(loss) ? "NaN" : loss, timestamp: 1, step: 0 }],
      });
    }
    const finished = await api.newRun("0", { run_name: "e", start_time: 5000 });
    await api.ok("runs/update", { run_id: finished, status: "FINISHED", end_time: 8000 });
  });

  afterAll(() => server.close());

  const search = async (query: Partial<RunQuery>, columns: string[] = ["attributes.run_name"]) => {
    const { ids, total } = await table.search("default", RunQuery.parse(query));
    expect(total).toBe(ids.length);
    return (await table.rows("default", { ids, columns })).map((row) => row.cells);
  };
  const names = async (query: Partial<RunQuery>) => (await search(query)).flat().join("");

  it("holds all runs, the newest first, and the cells that are asked for", async () => {
    expect(await names({})).toBe("edcba");
    const columns = [
      "attributes.experiment",
      "params.lr",
      "metrics.val/loss",
      "tags.team",
      "attributes.duration",
      "params.x",
    ];
    expect(await search({ experiments: ["Default"] }, columns)).toEqual([["Default", null, null, null, 3, null]]);
    expect((await search({ experiments: ["digits"] }, columns)).map((cells) => cells.slice(1, 4))).toEqual([
      ["auto", null, "=HYPERLINK(1)"],
      ["1e-3", 0.1, "vision"],
      ["0.01", "NaN", "text"],
      ["0.1", 0.5, "vision"],
    ]);
  });

  it("is sorted by what it shows: params as numbers first, what has no value last in both directions", async () => {
    expect(await names({ order: [{ column: "params.lr", ascending: true }] })).toBe("cbade");
    expect(await names({ order: [{ column: "params.lr", ascending: false }] })).toBe("abcde");
    expect(await names({ order: [{ column: "metrics.val/loss", ascending: true }] })).toBe("cabed");
    expect(await names({ order: [{ column: "metrics.val/loss", ascending: false }] })).toBe("acbed");
    expect(await names({ order: [{ column: "attributes.run_name", ascending: true }] })).toBe("abcde");
  });

  it("takes MLflow's grammar with OR, IN and parentheses, and the table's own attributes", async () => {
    expect(await names({ filter: "params.lr < 0.05 OR tags.team = 'vision'" })).toBe("cba");
    expect(
      await names({ filter: "(metrics.`val/loss` < 0.2 OR run_name IN ('d', 'e')) AND experiment = 'digits'" }),
    ).toBe("dc");
    expect(await names({ filter: "status = 'Completed'" })).toBe("e");
    expect(await names({ filter: "status = 'FINISHED' AND duration > 2.5" })).toBe("e");
  });

  it.each([
    ["params.lr = 1 AND foo.bar = 2", "foo.bar = 2"],
    ["params.lr = 1 OR status >", "status >"],
    ["params.lr = 1 AND (tags.a = 'x'", "(tags.a = 'x'"],
    ["metrics.loss = 'x'", "metrics.loss = 'x'"],
    ["tags.a = 'x' AND ;", ";"],
    ["tags.a IN ()", "tags.a IN ()"],
  ])("says where %s is wrong", async (filter, wrong) => {
    const fault = await table.search("default", RunQuery.parse({ filter })).then(
      () => undefined,
      (thrown: unknown) => thrown as CodedError,
    );
    expect(fault).toMatchObject({ code: "invalid-request", message: expect.any(String) });
    const { at, end } = fault?.details["place"] as { at: number; end: number };
    expect(filter.slice(at, end)).toBe(wrong);
  });

  it("knows what there is to show, filter and complete", async () => {
    const { columns, experiments } = await table.columns("default", []);
    expect(columns).toContainEqual({ kind: "params", key: "lr", runs: 4 });
    expect(columns).toContainEqual({ kind: "metrics", key: "val/loss", runs: 3 });
    expect(experiments).toEqual([
      { name: "Default", runs: 1 },
      { name: "digits", runs: 4 },
    ]);
    expect((await table.columns("default", ["Default"])).columns.map(({ kind }) => kind)).not.toContain("metrics");
    expect(await table.values("default", { column: "tags.team", prefix: "", limit: 9 })).toEqual([
      "vision",
      "=HYPERLINK(1)",
      "text",
    ]);
    expect(await table.values("default", { column: "tags.team", prefix: "V", limit: 9 })).toEqual(["vision"]);
    expect(await table.values("default", { column: "attributes.experiment", prefix: "d", limit: 9 })).toEqual([
      "digits",
      "Default",
    ]);
  });

  it("tells runs that were deleted from those in use", async () => {
    const run = await api.newRun(experiment, { run_name: "f", start_time: 9000 });
    await api.ok("runs/delete", { run_id: run });
    expect(await names({})).toBe("edcba");
    expect(await names({ stage: "deleted" })).toBe("f");
    expect(await names({ stage: "all" })).toBe("fedcba");
  });

  it("deletes many runs at once, says the bytes, and brings them back", async () => {
    const { ids } = await table.search("default", RunQuery.parse({ filter: "tags.team = 'vision'" }));
    const [row] = await table.rows("default", { ids, columns: ["attributes.artifact_uri"] });
    const folder = String(row?.cells[0]).replace("mlflow-artifacts:/", "");
    await api.put(`${folder}/model.bin`, "12345");
    await api.put(`${folder.replace("/artifacts", "0/artifacts")}/other.bin`, "not theirs");
    const dry = await table.change("default", { ids, change: "delete", dry_run: true }, "ann");
    expect(dry).toEqual({ ids, kept: [], bytes: 5 });
    expect(await names({ filter: "tags.team = 'vision'" })).toBe("ca");
    expect(await table.change("default", { ids, change: "delete", dry_run: false }, "ann")).toEqual(dry);
    expect(await names({ filter: "tags.team = 'vision'" })).toBe("");
    expect(announced).toEqual(ids);
    expect((await table.change("default", { ids, change: "delete", dry_run: false }, "ann")).ids).toEqual([]);
    expect((await table.change("default", { ids, change: "restore", dry_run: false }, "ann")).ids).toEqual(ids);
    expect(await names({ filter: "tags.team = 'vision'" })).toBe("ca");
  });

  it("keeps views for each workspace", async () => {
    const view = {
      name: "Best",
      query: RunQuery.parse({ filter: "params.lr = 1" }),
      columns: ["params.lr"],
      pinned: 1,
    };
    await server.addWorkspace("other");
    expect(await table.save("default", view, "ann")).toEqual([view]);
    expect(await table.save("default", { ...view, pinned: 0 }, "bob")).toEqual([{ ...view, pinned: 0 }]);
    expect(await table.views("other")).toEqual([]);
    expect(await table.forget("default", "Best")).toEqual([]);
    await expect(table.views("nowhere")).rejects.toMatchObject({ code: "not-found" });
  });
});
