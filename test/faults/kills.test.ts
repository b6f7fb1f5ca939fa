import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { expectAllHolds, seed, usual as common } from "./harness/holds.ts";
import type { Program } from "./harness/program.ts";
import { Random } from "../random.ts";
import { playRound, type Strike } from "./harness/rounds.ts";
import { Scene } from "./harness/scene.ts";
import { killedAtCall, noStrace } from "./harness/strace.ts";

const usual = { ...common, lines: 25, pause: 0.004, uploadEvery: 6 };

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});
afterEach(() => scene.dispose());

describe.skipIf(notBuilt)(
  `killed at any moment, seed ${seed}${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 300_000 },
  () => {
    it.skipIf(noStrace)(`F1 the engine, at twenty of its syncs${noStrace ? `: ${noStrace}` : ""}`, async () => {
      const outcomes: string[] = [];
      for (let nth = 1; nth <= 20; nth++) {
        scene.history.add({ what: "fault", fault: `engine killed at its sync ${nth}` });
        const engine = await scene.start(killedAtCall("fsync,fdatasync", nth));
        const program = { ...usual, name: `sync${nth}`, code: nth % 5 === 0 ? 3 : 0 };
        if (engine) {
          const outcome = await scene.submit(program);
          outcomes.push(outcome);
          // The job's own syncs bring the engine to its end; where they do not, it is brought there.
          if (outcome === "accepted") await Promise.race([engine.gone(), scene.lines(program.name, usual.lines)]);
          await scene.look();
          await engine.kill();
        }
        const next = await scene.start();
        if (!engine) await scene.submit(program);
        await scene.look();
        if (nth % 4 === 0) await expectAllHolds(scene);
        await next?.kill(nth % 2 === 0 ? "SIGTERM" : "SIGKILL");
      }
      await expectAllHolds(scene);
      expect(outcomes).toContain("accepted");
      expect(outcomes).toContain("unknown");
    });

    const strikes: Strike[] = ["engine", "engine twice", "agent", "keeper", "keeper and agent", "link", "engine"];
    it("a walk of strikes that the seed chose", async () => {
      const random = new Random(seed);
      await scene.start();
      for (const [round, strike] of strikes.entries()) await playRound(scene, random, round, strike);
      await expectAllHolds(scene);
    });

    it("F19 a submit that is sent again, by many and over a lost answer, is one job that runs once", async () => {
      await scene.start();
      const program = { ...usual, name: "again" };
      const first = scene.submit(program);
      const more = [scene.submit(program), scene.submit(program)];
      expect(await Promise.all([first, ...more])).toEqual(["accepted", "accepted", "accepted"]);
      // The engine dies with the answer on its way: who asks again gets the same job, or makes it.
      for (const [index, delay] of [0, 2, 5, 10, 20, 40].entries()) {
        const lost = { ...usual, name: `lost${index}` };
        const asking = scene.submit(lost);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await scene.killEngine();
        await asking;
        await scene.start();
        expect(await scene.submit(lost)).toBe("accepted");
      }
      // The same name with other content is refused.
      expect(await scene.submit({ ...usual, name: "again", lines: 3 })).toBe("refused");
      scene.programs.set("again", program);
      await expectAllHolds(scene);
    });

    it("F25 children that leave the group and do not hear SIGTERM are ended with a cancel, whoever was killed before", async () => {
      await scene.start();
      const endless: Omit<Program, "name"> = {
        ...usual,
        lines: 100_000,
        metricEvery: 0,
        uploadEvery: 0,
        escapes: true,
      };
      for (const name of ["escaper", "escaper2", "escaper3"]) await scene.submit({ ...endless, name });
      for (const name of ["escaper", "escaper2"]) await scene.lines(name, 5);
      expect(await scene.strike("agent", "escaper2")).toBe(true);
      await scene.cancel("escaper");
      await scene.cancel("escaper2");
      await scene.cancel("escaper3");
      await scene.killEngine();
      await scene.start();
      await expectAllHolds(scene);
    });
  },
);
