import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { StoredFiles } from "#engine/artifacts/storedFiles.ts";
import { reportOf } from "#engine/reproduce/report.ts";
import { Blobs } from "#engine/store/blobs.ts";
import { World, type Engine } from "../jobs/world.ts";

let world: World;
let engine: Engine;
const run = { workspace: "default", method: "POST", query: "", actor: "tester" };

/** A run with a model as MLflow 3 logs it, and one as MLflow 2 did: among the run's own artifacts. */
async function logModels(name: string, weights: string): Promise<void> {
  const create = { experiment_id: "1", name: "net", source_run_id: name };
  const path = "/api/2.0/mlflow/logged-models";
  const reply = await engine.tracking.answer({ ...run, path, body: Buffer.from(JSON.stringify(create)) });
  const { model } = JSON.parse(String(reply.body)) as { model: { info: { artifact_uri: string; model_id: string } } };
  const { artifact_uri: uri, model_id: id } = model.info;
  const description = `flavors: {}\nmodel_id: ${id}\nrun_id: ${name}\nutc_time_created: '${weights.length}'\nsignature: x\n`;
  const folder = await mkdtemp(join(tmpdir(), "slipway-models-"));
  await writeFile(join(folder, "MLmodel"), description);
  await writeFile(join(folder, "weights.bin"), weights);
  await engine.artifacts.addFolder({ workspace: "default", name, prefix: "old", folder });
  const root = uri.replace(/^[a-z-]+:\/*/u, "");
  const own = await engine.store.read("runArtifactRoot", { workspace: "default", name });
  const files = await engine.store.read("artifactTree", { workspace: "default", path: `${own}/old` });
  const moved = files.map((file) => ({ ...file, path: `${root}/${file.path.split("/").at(-1) ?? ""}` }));
  await engine.store.write("putArtifacts", { workspace: "default", files: moved, now: 1 });
  await rm(folder, { recursive: true });
}

beforeAll(async () => {
  world = await World.make();
  engine = await world.open();
  const file = await world.project({ "job.yml": "command: 'true'\nenvironment: {image: any}\n" });
  for (const name of ["first", "second"]) {
    await engine.submit(file, { name });
    await engine.ended(name);
  }
}, 60_000);
afterAll(() => world.dispose());

it("compares files of models, and takes descriptions that differ by run and time alone for the same", async () => {
  await logModels("first", "a");
  await logModels("second", "bb");
  const row = async (name: string) => {
    const found = await engine.store.read("job", { workspace: "default", name });
    if (!found) throw new Error(`no job ${name}`);
    return found;
  };
  const { store, artifacts } = engine;
  const files = new StoredFiles({
    blobs: new Blobs({ root: join(world.home, "blobs") }),
    packs: join(world.home, "packs"),
  });
  const report = await reportOf(
    { original: await row("first"), reproduction: await row("second") },
    { store, artifacts, files },
  );
  expect(report.outputs.files.map(({ path, state }) => `${path} ${state}`)).toEqual([
    "models/net/weights.bin changed",
    "old/weights.bin changed",
    "models/net/MLmodel same",
    "old/MLmodel same",
  ]);
});
