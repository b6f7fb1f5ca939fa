import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import { connect } from "#client/index.ts";
import { BuiltHome, notBuilt } from "../cli/built.ts";

const example = join(import.meta.dirname, "../../examples/quickstart/job.yml");
const built = new BuiltHome();
afterAll(() => built.remove());

/** The first job of a new user, with the real curated environment; what it says is what autolog wrote. */
describe.skipIf(notBuilt)("the quickstart", () => {
  let first: Job;

  it("builds its environment, runs and leaves what MLflow and the program wrote", async () => {
    first = await built.json<Job>(["job", "create", "-f", example, "--stream"]);
    expect(first.status).toBe("Completed");
    const client = await connect({ home: built.home, start: false });
    const params = { workspace: "default", name: first.name };
    const [{ metrics, params: logged }, files, [accuracy]] = await Promise.all([
      client.runData({ params }),
      client.listArtifacts({ params, query: { recursive: true } }),
      client.metricHistory({ params, query: { key: ["test_accuracy"] } }),
    ]);
    client.dispose();
    expect(Object.keys(metrics)).toEqual(
      expect.arrayContaining(["training_score", "training_log_loss", "test_log_loss"]),
    );
    expect(logged["n_estimators"]).toBe("40");
    expect(accuracy?.points.map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "outputs/report.txt",
        "named-outputs/predictions/predictions.csv",
        "environment/requirements.lock",
      ]),
    );
  }, 300_000);

  it("starts again from the cached environment, with no build in between", async () => {
    const again = await built.json<Job>(["job", "create", "-f", example, "--stream"]);
    expect(again.status).toBe("Completed");
    expect(again.environment_key).toBe(first.environment_key);
    expect(again.log_files.map(({ path }) => path)).toEqual(["user_logs/std_log.txt"]);
  }, 120_000);
});
