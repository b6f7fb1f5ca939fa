import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CodedError } from "#base/errors.ts";
import { commandYaml, World } from "./world.ts";

/** When the engine is killed: milliseconds after it has opened, or after it has answered the submit. */
const moments: readonly [word: "open" | "accepted", after: number][] = [
  ["open", 0],
  ["open", 40],
  ["accepted", 0],
  ["accepted", 30],
  ["accepted", 100],
  ["accepted", 250],
  ["accepted", 600],
];

describe("an engine that is killed at any moment", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.make();
  });
  afterAll(() => world.dispose());

  test("what was accepted is there, runs once, and its log is whole", async () => {
    const command = "echo ran >> ../../runs\nfor i in 1 2 3 4 5 6; do echo line $i; sleep 0.05; done";
    const file = await world.project({ "job.yml": commandYaml(command, "code: .\n"), "a.txt": "a" });
    const accepted = new Map<string, boolean>();
    for (const [round, moment] of moments.entries()) {
      const name = `round_${round}`;
      accepted.set(name, await killedEngine(world.root, file, name, moment));
    }
    const engine = await world.open({ concurrency: 4 });
    for (const [name, wasAccepted] of accepted) {
      const known = await engine.jobs.row("default", name).catch((failure: unknown) => {
        if (failure instanceof CodedError && failure.code === "not-found") return undefined;
        throw failure;
      });
      if (known === undefined) {
        expect(wasAccepted, `${name} was accepted`).toBe(false);
        continue;
      }
      const job = await engine.ended(name);
      expect(job, name).toMatchObject({ status: "Completed", exit_code: 0, attempt: 1 });
      const lines = [1, 2, 3, 4, 5, 6].map((number) => `line ${number}\n`);
      expect((await engine.readLog(name)).toString(), name).toBe(lines.join(""));
      const runs = join(dirname(engine.runner.attemptFolder("default", name, 1)), "runs");
      expect(await readFile(runs, "utf8"), name).toBe("ran\n");
      const changes = await engine.store.read("jobChanges", { runId: known.run_id });
      expect(changes.map((change) => change.to_status).slice(-1)).toEqual(["Completed"]);
      expect(new Set(changes.map((change) => change.to_status)).size, name).toBe(changes.length);
    }
    expect([...accepted.values()].filter(Boolean).length).toBeGreaterThanOrEqual(5);
  }, 120_000);
});

/** Opens an engine in its own process, lets it submit, kills it at a moment; says whether the submit was answered. */
async function killedEngine(
  root: string,
  file: string,
  name: string,
  [word, after]: (typeof moments)[number],
): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "engineProcess.ts"), root, file, name], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      const before = out;
      out += chunk.toString();
      if (out.includes(word) && !before.includes(word)) setTimeout(resolve, after);
    });
    child.once("close", () => reject(new Error(`the engine ended by itself: ${err}`)));
  });
  child.kill("SIGKILL");
  await ended;
  return out.includes("accepted");
}
