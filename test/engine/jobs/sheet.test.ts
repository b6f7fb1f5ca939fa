import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { JobFiles } from "#engine/jobs/jobFiles.ts";
import { OutputFiles } from "#engine/jobs/outputFiles.ts";
import { commandYaml, World, type Engine } from "./world.ts";

const answers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };

describe("the sheet and the files of a job", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 2 });
  });
  afterAll(() => world.dispose());

  const sheetOf = (file: string, more: Partial<typeof answers> = {}) =>
    engine.jobs.preflight("default", { source: { file, overrides: [] }, answers: { ...answers, ...more } });

  test("says what would be sent, where it would run, and what is done instead of what was asked", async () => {
    const more = "code: src\ncompute: azureml:gpu-cluster\nresources:\n  instance_count: 4\n  shm_size: 2g\n";
    const file = await world.project({
      "job.yml": commandYaml("python train.py --rate ${{inputs.rate}}", `${more}inputs:\n  rate: 0.5\n`),
      "src/train.py": "print(1)\n",
      "src/.amlignore": "data/\n",
      "src/data/big.csv": "1\n",
    });
    const sheet = await sheetOf(file);
    expect(sheet.code).toMatchObject({ files: 2, skipped_count: 1 });
    expect(sheet.code.skipped[0]).toMatchObject({ path: "data/" });
    expect(sheet.target).toMatchObject({ name: "local", fallback_for: "gpu-cluster", fits: true, queue_place: 1 });
    expect(sheet.inputs).toEqual([{ name: "rate", value: "0.5", note: "" }]);
    expect(sheet.notices.join("\n")).toMatch(/gpu-cluster[^]*instance_count 4[^]*shm_size/u);
    expect(sheet).toMatchObject({ display_name: "job.yml", needs: [], refusals: [] });
  });

  test("asks before secrets are sent, and no answer makes a machine larger", async () => {
    const file = await world.project({
      "job.yml": commandYaml("true", "code: .\nresources:\n  properties:\n    memory: 900t\n"),
      id_rsa: "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    });
    const sheet = await sheetOf(file);
    expect(sheet.needs).toMatchObject([{ answer: "allow_secrets" }]);
    expect(sheet.target.fits).toBe(false);
    expect(sheet.refusals.join()).toMatch(/does not fit/u);
    expect((await sheetOf(file, { allow_secrets: true })).needs).toEqual([]);
  });

  test("artifacts and logs are one tree", async () => {
    const file = await world.project({ "job.yml": commandYaml("echo log; mkdir outputs/m; echo w > outputs/m/w.txt") });
    const { name } = await engine.ended((await engine.submit(file)).name);
    const outputs = new OutputFiles({ store: engine.store, place: async () => null });
    const files = new JobFiles({ artifacts: engine.artifacts, logs: engine.logs, store: engine.store, outputs });
    const key = { workspace: "default", name };
    const paths = async (path: string, recursive: boolean) =>
      (await files.list(key, path, recursive)).map((entry) => (entry.is_dir ? `${entry.path}/` : entry.path));
    expect(await paths("", false)).toEqual(["environment/", "outputs/", "user_logs/"]);
    expect(await paths("", true)).toEqual([
      "environment/requirements.lock",
      "outputs/m/w.txt",
      "user_logs/std_log.txt",
    ]);
    expect(await paths("user_logs", false)).toEqual(["std_log.txt"]);
    expect(await paths("outputs", false)).toEqual(["m/"]);
    const read = async (path: string) => text((await files.open(key, path, new AbortController().signal)).stream);
    expect(await read("user_logs/std_log.txt")).toBe("log\n");
    expect(await read("outputs/m/w.txt")).toBe("w\n");
    await expect(read("outputs/none")).rejects.toMatchObject({ code: "not-found" });
  });

  test("events tell each status, in order", async () => {
    const file = await world.project({ "job.yml": commandYaml("sleep 0.2") });
    const { name } = await engine.ended((await engine.submit(file)).name);
    await engine.until(name, () => statuses(engine, name).at(-1) === "Completed");
    const order = ["Queued", "Preparing", "Starting", "Running", "Finalizing", "Completed"];
    const seen = statuses(engine, name).map((status) => order.indexOf(status));
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

function statuses(engine: Engine, name: string): string[] {
  return engine.events.flatMap((event) => (event.type === "job" && event.job.name === name ? [event.job.status] : []));
}
