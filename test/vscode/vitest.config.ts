import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** Tests that drive a whole workbench: one at a time, since each holds a server and a browser. */
export default defineConfig({
  cacheDir: join(import.meta.dirname, "../../node_modules/.vite-workbench"),
  test: {
    root: import.meta.dirname,
    include: ["ui/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    // A busy machine draws late; what a test waits for is a condition, never a time.
    expect: { poll: { timeout: 20_000 } },
  },
});
