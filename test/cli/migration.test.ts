import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

describe.skipIf(notBuilt)(`slipway import and export of MLflow stores${notBuilt ? `: ${notBuilt}` : ""}`, () => {
  let built: BuiltHome;
  beforeAll(() => (built = new BuiltHome()));
  afterAll(() => built.remove());

  it("say by their exit code whether everything was whole", { timeout: 120_000 }, async () => {
    const store = join(built.folder, "mlruns");
    mkdirSync(join(store, "1", "r"), { recursive: true });
    writeFileSync(join(store, "1", "meta.yaml"), "experiment_id: '1'\nname: e\n");
    writeFileSync(join(store, "1", "r", "meta.yaml"), "run_id: r\nexperiment_id: '1'\nstatus: 3\nstart_time: 5\n");
    expect(await built.run(["import", "mlflow", "mlruns"])).toMatchObject({ code: 0 });
    const out = await built.run(["export", "mlflow", "--to", "out"]);
    expect([out.code, (JSON.parse(out.stdout) as { runs: object }).runs]).toEqual([
      0,
      expect.objectContaining({ added: 1 }),
    ]);
    writeFileSync(join(store, "1", "r", "meta.yaml"), "a: [");
    const again = await built.run(["import", "mlflow", "mlruns"]);
    expect([again.code, again.stderr]).toEqual([4, expect.stringContaining("r/meta.yaml: It is no YAML")]);
    expect(await built.run(["import", "mlflow", "none"])).toMatchObject({ code: 1 });
  });
});
