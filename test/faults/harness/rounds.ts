import type { Random } from "../../random.ts";
import type { Program } from "./program.ts";
import type { Scene } from "./scene.ts";
import { killedAtCall, noStrace } from "./strace.ts";

export type Strike =
  "nothing" | "sync" | "call" | "engine" | "engine twice" | "agent" | "keeper" | "keeper and agent" | "link";

/** What may strike in a round. The weight is by how often it stands here. */
export const strikes = [
  "nothing",
  ...(noStrace ? [] : (["sync", "sync", "call", "call"] as const)),
  "engine",
  "engine",
  "engine twice",
  "agent",
  "keeper",
  "keeper and agent",
  "link",
] as const satisfies readonly Strike[];

function randomProgram(random: Random, name: string): Program {
  return {
    name,
    lines: random.whole(5, 60),
    pause: random.pick([0, 0.002, 0.01]),
    metricEvery: random.pick([0, 1, 3, 10]),
    uploadEvery: random.pick([0, 2, 9]),
    output: random.pick([0, 100, 700_000]),
    code: random.chance(0.8) ? 0 : random.whole(1, 7),
    escapes: random.chance(0.2),
  };
}

/** One round: jobs, a client that looks, reads and cancels, and one thing that strikes in the middle. */
export async function playRound(
  scene: Scene,
  random: Random,
  round: number,
  strike = random.pick(strikes),
): Promise<void> {
  if (strike === "sync" || strike === "call") await startStruck(scene, random, strike);
  else if (!scene.engine?.lives) await scene.start();

  const jobs: string[] = [];
  for (let index = 0; index < random.whole(1, 3); index++) {
    const program = randomProgram(random, `r${round}j${index}`);
    jobs.push(program.name);
    const outcome = await scene.submit(program);
    // A client that got no answer asks again under the same name.
    if (outcome === "unknown" && random.chance(0.7)) {
      if (!scene.engine?.lives) await scene.start();
      await scene.submit(program);
    }
  }
  const [struck = ""] = jobs;
  const offsets = new Map(jobs.map((job) => [job, 0]));
  const steps = random.whole(2, 6);
  const strikeAt = random.whole(0, steps - 1);
  for (let step = 0; step < steps; step++) {
    if (step === strikeAt) await hit(scene, strike, struck, random);
    await scene.look();
    const job = random.pick(jobs);
    if (random.chance(0.5)) offsets.set(job, await scene.readLog(job, offsets.get(job) ?? 0));
    if (random.chance(0.15)) await scene.cancel(job);
    if (random.chance(0.3)) await scene.submit(scene.programs.get(job) as Program);
    scene.sampleMemory();
  }
}

/** Starts an engine that will be killed at a call that the seed chose; another one when that was while it started. */
async function startStruck(scene: Scene, random: Random, strike: "sync" | "call"): Promise<void> {
  await scene.engine?.kill("SIGTERM");
  const calls = strike === "sync" ? "fsync,fdatasync" : "pwrite64,rename,unlink,sendto";
  const nth = strike === "sync" ? random.whole(1, 25) : random.whole(1, 120);
  scene.history.add({ what: "fault", fault: `engine killed at its ${strike} ${nth}` });
  if (!(await scene.start(killedAtCall(calls, nth)))) await scene.start();
}

async function hit(scene: Scene, strike: Strike, job: string, random: Random): Promise<void> {
  switch (strike) {
    case "engine twice":
      await scene.killEngine();
      await scene.start();
      await scene.killEngine();
      return;
    case "engine":
      await scene.killEngine();
      if (random.chance(0.8)) await scene.start();
      return;
    case "keeper and agent":
      // The one after the other, before either can do what it does when the other is gone.
      await Promise.all([scene.strike("keeper", job), scene.strike("agent", job)]);
      return;
    case "agent":
    case "keeper":
      await scene.strike(strike, job);
      return;
    case "link":
      await scene.strike("link");
      return;
    case "nothing":
    case "sync":
    case "call":
      return;
  }
}
