import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureEnvironment } from "#engine/environments/ensure.ts";
import { EnvironmentLab } from "../engine/environments/lab.ts";
import { Random } from "../random.ts";
import { isWide, seed } from "./harness/holds.ts";
import { processesWith, until } from "./harness/processes.ts";

const lab = new EnvironmentLab();
beforeAll(
  () =>
    lab.open([
      { name: "first", version: "1.0", requires: ["second"] },
      { name: "second", version: "2.0", bytes: 3_000_000 },
    ]),
  180_000,
);
afterAll(() => lab.close());

/** Both packages, with the large file of the second. */
const whole =
  "import first, second, os; assert os.path.getsize(os.path.dirname(second.__file__) + '/data.bin') > 3_000_000";

describe.skipIf(process.platform !== "linux")(`builders that are killed, seed ${seed}`, { timeout: 600_000 }, () => {
  it("F31 two builders of one environment, struck at any moment: none is half, and the next call makes it whole", async () => {
    const random = new Random(seed);
    let strikes = 0;
    for (let round = 0; round < (isWide ? 25 : 2); round++) {
      // Another key each round: nothing of the one before is used.
      const plan = lab.plan(["first", `second>=1.${round}`]);
      const build = () => ensureEnvironment({ ...lab.host, plan });
      const builds = [build(), build()].map((building) =>
        building.then(
          ({ python }) => {
            execFileSync(python, ["-c", whole]);
          },
          () => undefined,
        ),
      );
      for (let strike = 0; strike < random.whole(1, 3); strike++) {
        // From the moment at which there is something to strike.
        const some = await until("a builder", () => processesWith(lab.folder).length > 0, 5_000).catch(() => false);
        await delay(some ? random.whole(0, 900) : 0);
        const running = processesWith(lab.folder);
        if (running.length === 0) continue;
        try {
          process.kill(random.pick(running), "SIGKILL");
          strikes++;
        } catch {
          // It has just ended by itself.
        }
      }
      await Promise.all(builds);
      const { python } = await build();
      execFileSync(python, ["-c", whole]);
      const left = readdirSync(join(lab.host.root, "environments")).filter((name) => /tmp|new|part/u.test(name));
      expect(left.filter((name) => existsSync(join(lab.host.root, "environments", name, "bin/python")))).toEqual([]);
    }
    expect(strikes).toBeGreaterThan(0);
  });
});
