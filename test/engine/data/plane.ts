import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Artifacts } from "#engine/artifacts/artifacts.ts";
import { makeDataParts } from "#engine/dataParts.ts";
import { diskFiles } from "#engine/jobs/diskFiles.ts";
import type { EngineEvent } from "#contract/events.ts";
import { openParts } from "../snapshots/parts.ts";

/** The real data parts over a real store, with a workspace `default`. */
export async function openPlane() {
  const below = await openParts();
  const { store, blobs, workers, clock, home, userHome, transport } = below;
  const events: EngineEvent[] = [];
  const artifacts = new Artifacts({ store, blobs, workers, clock, packs: join(home, "packs") });
  const parts = makeDataParts({
    store,
    blobs,
    workers,
    clock,
    artifacts,
    bus: { publish: (event) => events.push(event) },
    local: transport,
    files: diskFiles,
    home,
    userHome,
    baseUrl: () => "http://127.0.0.1:1234",
    allowedHosts: ["127.0.0.1"],
  });
  await parts.workspaces.ensureDefault("ann");
  let jobs = 0;
  return {
    ...below,
    ...parts,
    artifacts,
    events,
    /** A job's row and run, as a submit makes them, and an attempt's folder. */
    async addJob(workspace = "default") {
      const name = `job_${++jobs}`;
      const attemptFolder = join(home, "targets/local/jobs", name, "1");
      mkdirSync(attemptFolder, { recursive: true });
      await store.write("createJob", {
        workspace,
        name,
        owner: "ann",
        actor: "ann",
        type: "command",
        requestDigest: name,
        displayName: name,
        experimentName: "exp",
        description: null,
        compute: "local",
        parentName: null,
        sourceFile: null,
        tags: {},
        properties: {},
        plan: "{}",
        inputs: "{}",
        outputs: "{}",
        priority: 0,
        cpus: 1,
        memoryBytes: 0,
        gpus: 0,
        at: clock.now(),
      });
      return { workspace, job: name, attemptFolder, transport, signal: new AbortController().signal };
    },
  };
}
export type Plane = Awaited<ReturnType<typeof openPlane>>;
