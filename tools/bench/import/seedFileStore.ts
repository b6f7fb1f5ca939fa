import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface SeedSize {
  runs: number;
  metrics: number;
  steps: number;
}

const epoch = 1_760_000_000_000;
export const experimentName = "to be imported";

/** The value of a point: both the seed and the check know it. */
export function valueAt(run: number, metric: number, step: number): number {
  return Math.sin(run * 31 + metric * 7 + step / 10);
}

export function runId(run: number): string {
  return `5${run.toString(16).padStart(31, "0")}`;
}

/** Writes an `mlruns` folder as MLflow does, with params, tags and one small artifact a run. */
export function seedFileStore(root: string, size: SeedSize): void {
  const id = "400000000000000001";
  const experiment = join(root, id);
  mkdirSync(experiment, { recursive: true });
  writeFileSync(
    join(experiment, "meta.yaml"),
    `artifact_location: ${experiment}\ncreation_time: ${epoch}\nexperiment_id: '${id}'\nlast_update_time: ${epoch}\n` +
      `lifecycle_stage: active\nname: ${experimentName}\n`,
  );
  for (let run = 0; run < size.runs; run++) seedRun(join(experiment, runId(run)), id, run, size);
}

function seedRun(folder: string, experiment: string, run: number, size: SeedSize): void {
  for (const below of ["metrics", "params", "tags", "artifacts"]) mkdirSync(join(folder, below), { recursive: true });
  const start = epoch + run * 1000;
  writeFileSync(
    join(folder, "meta.yaml"),
    `artifact_uri: ${folder}/artifacts\nend_time: ${start + 900}\nentry_point_name: ''\nexperiment_id: '${experiment}'\n` +
      `lifecycle_stage: active\nrun_id: ${runId(run)}\nrun_name: run-${run}\nsource_name: ''\nsource_type: 4\n` +
      `source_version: ''\nstart_time: ${start}\nstatus: 3\ntags: []\nuser_id: bench\n`,
  );
  for (let metric = 0; metric < size.metrics; metric++) {
    let lines = "";
    for (let step = 0; step < size.steps; step++) lines += `${start + step} ${valueAt(run, metric, step)} ${step}\n`;
    writeFileSync(join(folder, "metrics", `metric_${metric}`), lines);
  }
  writeFileSync(join(folder, "params/lr"), String([0.1, 0.01, 0.001][run % 3]));
  writeFileSync(join(folder, "params/depth"), String(run % 8));
  writeFileSync(join(folder, "tags/mlflow.runName"), `run-${run}`);
  writeFileSync(join(folder, "tags/team"), `team-${run % 7}`);
  writeFileSync(join(folder, "artifacts/notes.txt"), `notes of run ${run}\n`);
}
