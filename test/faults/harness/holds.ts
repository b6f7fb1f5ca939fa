import type { Program } from "./program.ts";
import type { Scene } from "./scene.ts";

/** Every choice that a test makes by chance follows from it. */
export const seed = Number(process.env["FAULTS_SEED"] ?? 20261124);

/** The sweep asks for more points of each fault than `npm test` has time for. */
export const isWide = process.env["FAULTS_WIDE"] === "1";

/** A job that does a little of everything. */
export const usual: Omit<Program, "name"> = {
  lines: 20,
  pause: 0.002,
  metricEvery: 5,
  uploadEvery: 7,
  output: 3000,
  code: 0,
  escapes: false,
};

/** Fails with everything that is wrong, and with how to have it again. */
export async function expectAllHolds(scene: Scene): Promise<void> {
  const violations = await scene.violations();
  if (violations.length === 0) return;
  const words = violations.map(({ invariant, words }) => `${invariant}: ${words}`);
  throw new Error([...words, `FAULTS_SEED=${seed} history: ${scene.history.file}`].join("\n"));
}
