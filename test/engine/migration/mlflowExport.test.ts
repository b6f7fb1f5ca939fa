import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { Api } from "../tracking/support/api.ts";
import { exportTo } from "./support/exportTo.ts";
import { importInto } from "./support/importInto.ts";

let server: TrackingServer;
let api: Api;
let folder: string;
beforeEach(async () => {
  server = await startTrackingServer();
  api = new Api(server);
  folder = mkdtempSync(join(tmpdir(), "slipway-export-"));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it("leaves out a run whose keys cannot be files, names it, and leaves nothing half-done of it", async () => {
  const experiment = await api.newExperiment("keys");
  const bad = await api.newRun(experiment);
  await api.ok("runs/log-batch", {
    run_id: bad,
    metrics: ["loss", "loss/val"].map((key) => ({ key, value: 1, timestamp: 1, step: 0 })),
  });
  const good = await api.newRun(experiment);
  await api.ok("runs/log-parameter", { run_id: good, key: "p", value: "line \u2028 \u{1f600}\n" });
  const to = join(folder, "out");
  const result = await exportTo(server, { to });
  expect(result.left_out.map(({ place }) => place)).toEqual([`run ${bad}`]);
  expect(readdirSync(join(to, experiment)).sort()).toEqual([good, "meta.yaml"].sort());
  expect(readFileSync(join(to, experiment, good, "params/p"), "utf8")).toBe("line \u2028 \u{1f600}\n");
  expect(existsSync(join(to, ".trash", ".part"))).toBe(false);
});

it("writes the experiments that are named, and nothing into a folder that holds something", async () => {
  await api.newRun(await api.newExperiment("one"));
  await api.newRun(await api.newExperiment("two"));
  const to = join(folder, "out");
  const result = await exportTo(server, { to, experiments: ["two", "three"] });
  expect([result.experiments.added, result.runs.added]).toEqual([1, 1]);
  expect(result.left_out).toEqual([{ place: "experiment three", reason: "There is no experiment of this name." }]);
  expect(readdirSync(to).sort()).toEqual([".trash", "2"]);
  writeFileSync(join(folder, "mine"), "");
  await expect(exportTo(server, { to: folder })).rejects.toThrow("is not empty");
});

it("comes back whole in another workspace, with names that YAML could misread", async () => {
  await server.addWorkspace("back");
  const names = ["null", "- a: b #c", 'tab\tquote"', "ß \u{1f600} \u0085"];
  for (const name of names) await api.newRun(await api.newExperiment(name), { run_name: name });
  const to = join(folder, "out");
  await exportTo(server, { to });
  const back = await importInto(server, { uri: to, workspace: "back" });
  expect([back.left_out, back.runs.added, back.experiments]).toEqual([[], 4, { added: 4, found: 1 }]);
  const again = await exportTo(server, { to: join(folder, "again"), workspace: "back" });
  expect(again.runs.added).toBe(4);
});
