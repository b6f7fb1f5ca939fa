import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { normalisedDocument } from "#cli/dryRun/normalised.ts";
import { BuiltHome, notBuilt } from "../built.ts";

let home: BuiltHome;
beforeAll(() => {
  home = new BuiltHome();
  mkdirSync(join(home.folder, "src"));
  home.write(
    "job.yml",
    `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: echo \${{inputs.lr}}
code: src
inputs:
  lr: 0.1
  points: {type: uri_file, path: points.csv}
outputs:
  made:
environment: {image: any, conda_file: {dependencies: [python=3.11]}}
compute: azureml:cpu-cluster
`,
  );
  home.write("points.csv", "1\n");
});
afterAll(() => home.remove());

interface Planned {
  method: string;
  path: string;
  body: Record<string, unknown>;
  document?: Record<string, unknown>;
}

it("a job's document has --set, defaults and absolute paths, in the YAML's keys", () => {
  const file = join(home.folder, "job.yml");
  const overrides = ["inputs.lr=1e-3", "display_name=tried", "environment_variables.fooBar=x"];
  const source = { file, overrides, directory: "/home/ann/my project" };
  expect(normalisedDocument("job", { source })).toEqual({
    command: "echo ${{inputs.lr}}",
    code: join(home.folder, "src"),
    display_name: "tried",
    experiment_name: "myproject",
    inputs: { lr: "1e-3", points: { type: "uri_file", mode: "ro_mount", path: join(home.folder, "points.csv") } },
    outputs: { made: { type: "uri_folder", mode: "rw_mount" } },
    environment: { image: "any", conda_file: { dependencies: ["python=3.11"] } },
    environment_variables: { fooBar: "x" },
    compute: "azureml:cpu-cluster",
    tags: {},
    properties: {},
    services: {},
  });
});

describe.skipIf(notBuilt)(`--dry-run${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 60_000 }, () => {
  it("prints what would be created, and starts no engine", async () => {
    const planned = await home.json<Planned>(["data", "create", "-n", "p", "--path", "points.csv", "--dry-run"]);
    expect(planned).toMatchObject({ method: "POST", path: "/api/v1/workspaces/:workspace/assets/data" });
    expect(planned.document).toEqual({
      name: "p",
      type: "uri_folder",
      path: join(home.folder, "points.csv"),
      tags: {},
    });
    const compute = [
      "az",
      "ml",
      "compute",
      "create",
      "-n",
      "c",
      "--type",
      "amlcompute",
      "--max-instances",
      "2",
      "-w",
      "w",
    ];
    const { path, document } = await home.json<Planned>([...compute, "--dry-run"]);
    expect(path).toBe("/api/v1/workspaces/w/computes");
    expect(document).toMatchObject({ name: "c", type: "amlcompute", max_instances: 2 });
    expect(existsSync(join(home.home, "engine.json"))).toBe(false);
  });

  it("prints what would be changed", async () => {
    const update = ["job", "update", "-n", "a/b", "--set", "tags.owner=ann", "--remove", "description", "--dry-run"];
    expect(await home.json<Planned>([...update, "-w", "w"])).toEqual({
      method: "PATCH",
      path: "/api/v1/workspaces/w/jobs/a%2Fb",
      body: { description: null, tags: { owner: "ann" } },
    });
  });

  it("refuses what the engine would refuse, with its place", async () => {
    home.write("bad.yml", "name: x\ntype: uri_fil\npath: points.csv\n");
    const { code, stderr } = await home.run(["data", "create", "-f", "bad.yml", "--dry-run"]);
    expect(code).toBe(1);
    expect(stderr).toContain("bad.yml:2:7: error");
  });
});
