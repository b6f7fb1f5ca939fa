import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mlflowPython, mlflowVersions, type MlflowVersion } from "../../tools/setup/mlflowVenv.ts";
import { startTrackingServer, token, type TrackingServer } from "./support/trackingServer.ts";

const minutes = 60_000;
const programs = new URL("./programs/", import.meta.url).pathname;

let server: TrackingServer;
let scratch: string;
beforeAll(async () => {
  for (const version of mlflowVersions) mlflowPython(version);
  server = await startTrackingServer();
  scratch = mkdtempSync(join(tmpdir(), "slipway-clients-"));
}, 20 * minutes);
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await server.close();
});

/** Runs a program with an unmodified MLflow in a workspace of its own, and gives what it saw. */
async function run(version: MlflowVersion, program: string): Promise<Record<string, unknown>> {
  const workspace = `${program.replace(".py", "")}-${version}`;
  await server.addWorkspace(workspace);
  const env = {
    PATH: process.env["PATH"],
    HOME: scratch,
    MLFLOW_TRACKING_URI: server.uri.replace(/default$/, workspace),
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
    GIT_PYTHON_REFRESH: "quiet",
    OMP_NUM_THREADS: "1",
  };
  const { stdout } = await promisify(execFile)(mlflowPython(version), [join(programs, program)], {
    cwd: scratch,
    env,
    maxBuffer: 1e8,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
}

describe.each(mlflowVersions)("mlflow %s, unmodified", (version) => {
  it("logs, reads, searches and brings files back", { timeout: 5 * minutes }, async () => {
    const seen = await run(version, "basics.py");
    expect(seen).toEqual({
      version,
      status: "FINISHED",
      metrics: { loss: 0.2, nan: "nan", inf: 1.7976931348623157e308, async: 299 },
      params: { lr: "0.1", depth: "3", name: "a b" },
      tags: { team: "x", q: "1" },
      param_error: ["INVALID_PARAMETER_VALUE", true],
      dataset: [["zeros", "training"]],
      history: [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5],
      async: 300,
      listed: [
        [
          ["d.json", false, 12],
          ["notes", true, null],
          ["table.json", false, expect.any(Number)],
          ["tree", true, null],
        ],
        [["tree/in/ner", true, null]],
      ],
      downloaded: ["empty", "in/ner/low.txt", "top.bin"],
      table: 2,
      children: [{ c: 1 }],
      searched: true,
      pages: [4, 3, 2, 1, 0],
      deleted: "deleted",
      experiments: ["renamed"],
      after_delete: "deleted",
    });
  });

  it(
    "autologs scikit-learn, XGBoost and LightGBM with their metrics and models",
    { timeout: 10 * minutes },
    async () => {
      const seen = await run(version, "autolog.py");
      expect(seen).toMatchObject({ version, loaded: true, predicted: true });
      for (const [library, metric] of [
        ["sklearn", "training_accuracy_score"],
        ["xgboost", "train-logloss"],
        ["lightgbm", /binary_logloss$/],
      ] as const) {
        const left = seen[library] as {
          status: string;
          metrics: string[];
          params: number;
          models: number;
          files: string[];
        };
        expect(left.status).toBe("FINISHED");
        expect(left.metrics).toContainEqual(typeof metric === "string" ? metric : expect.stringMatching(metric));
        expect(left.params).toBeGreaterThan(3);
        if (version.startsWith("3")) expect(left.models).toBe(1);
        else expect(left.files).toContain("model");
      }
    },
  );

  it("keeps models and loads them again", { timeout: 5 * minutes }, async () => {
    const seen = await run(version, "models.py");
    expect(seen).toMatchObject({ version, by_run: 4, registry: "NOT_IMPLEMENTED" });
    if (version.startsWith("3")) {
      expect(seen).toMatchObject({
        by_id: 4,
        searched: [1, 0],
        files: ["doubler/MLmodel", expect.any(String)],
        model: { status: "READY", params: { p: "1" }, tags: { t: "1", z: "w" }, metrics: [["acc", 0.9, "zeros"]] },
      });
    } else expect(seen["history"]).toEqual(["doubler"]);
  });
});
