import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

for (const name of ["MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_RUN_ID"]) delete process.env[name];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/vscode/**", "test/fixtures/**"],
    pool: "forks",
    maxWorkers: Math.max(2, Math.min(4, availableParallelism())),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // A test that forgets to choose its home must not meet the engine of the person who runs it.
    env: { SLIPWAY_HOME: join(tmpdir(), `slipway-vitest-${process.pid}`), NO_COLOR: "1" },
  },
});
