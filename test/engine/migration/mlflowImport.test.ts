import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mlflowPython, mlflowVersions } from "../../../tools/setup/mlflowVenv.ts";
import { token, startTrackingServer, type TrackingServer } from "../../mlflow/support/trackingServer.ts";
import { exportTo } from "./support/exportTo.ts";
import { importInto } from "./support/importInto.ts";
import { describeStore, runMlflow } from "./support/mlflowStore.ts";

const minutes = 60_000;
let server: TrackingServer;
let folder: string;

beforeAll(async () => {
  for (const version of mlflowVersions) mlflowPython(version);
  server = await startTrackingServer();
  folder = mkdtempSync(join(tmpdir(), "slipway-import-"));
}, 20 * minutes);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (workspace: string) => server.uri.replace(/default$/, workspace);

describe("an MLflow store that is taken over and written again", () => {
  it.each([
    ["2.18.0", "file store", "./mlruns", "mlruns"],
    ["3.17.2", "file store", "./mlruns", "mlruns"],
    ["3.17.2", "database", "sqlite:///store.db", "sqlite:///"],
  ] as const)(
    "looks to a client of %s as it did: %s",
    { timeout: 3 * minutes },
    async (version, kind, made, prefix) => {
      const own = mkdtempSync(join(folder, "store-"));
      const workspace = `of-${version.replaceAll(".", "-")}-${kind.replace(" ", "-")}`;
      await server.addWorkspace(workspace);
      await runMlflow(version, "make_store.py", own, made);
      const uri = prefix === "mlruns" ? join(own, "mlruns") : `sqlite:///${join(own, "store.db")}`;

      const first = await importInto(server, { workspace, uri });
      expect(first.left_out).toEqual([]);
      expect(first.runs.added).toBe(version === "2.18.0" ? 4 : 5);
      const there = await describeStore(version, own, made);
      expect(await describeStore(version, own, at(workspace))).toEqual(there);
      const { child_runs } = await server.tracking.runData(workspace, await runNamed(workspace, "parent"));
      expect(child_runs.map((child) => child.display_name)).toEqual(["child"]);

      const second = await importInto(server, { workspace, uri });
      expect(second.runs).toEqual({ added: 0, updated: 0, unchanged: first.runs.added });
      expect([second.metric_points, second.artifacts.files, second.experiments.added]).toEqual([0, 0, 0]);

      // And back into a file store, which an unmodified client reads.
      const out = join(own, "exported");
      const exported = await exportTo(server, { workspace, to: out });
      expect([exported.left_out, exported.runs.added]).toEqual([[], first.runs.added]);
      expect(await describeStore(version, own, out)).toEqual(there);

      if (kind === "file store") return;
      // From here to another workspace, over HTTP.
      await server.addWorkspace(`${workspace}-again`);
      const remote = { workspace: `${workspace}-again`, uri: at(workspace), authorization: `Bearer ${token}` };
      const third = await importInto(server, remote);
      expect(third).toEqual({ ...first, experiments: expect.anything() as unknown });
      expect(await describeStore(version, own, at(`${workspace}-again`))).toEqual(there);
    },
  );
});

async function runNamed(workspace: string, name: string): Promise<string> {
  const reply = await fetch(`${at(workspace)}/api/2.0/mlflow/experiments/search?max_results=10`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { experiments } = (await reply.json()) as { experiments: { experiment_id: string }[] };
  const found = await fetch(`${at(workspace)}/api/2.0/mlflow/runs/search`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      experiment_ids: experiments.map((each) => each.experiment_id),
      filter: `run_name = '${name}'`,
    }),
  });
  const { runs } = (await found.json()) as { runs: { info: { run_id: string } }[] };
  return runs[0]?.info.run_id ?? "";
}
