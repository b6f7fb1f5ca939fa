import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { User } from "./user.ts";

/** Inputs and outputs in all their forms. */
export function ports(user: User): void {
  it("outputs are kept, registered, downloaded in Azure's layout and read by the next job", async () => {
    const { job, log } = await user.job(
      "producer",
      `
command: |
  ls -A \${{outputs.folder}} | wc -l; test -d $(dirname \${{outputs.file}}) && test ! -e \${{outputs.file}} && echo free
  echo folder > \${{outputs.folder}}/a.txt; echo file > \${{outputs.file}}; echo model > \${{outputs.model}}/MLmodel
  echo none > \${{outputs.none}}/n.txt; echo stored > \${{outputs.stored}}/s.txt; echo world > outputs/world.txt; echo l > logs/l.txt
outputs:
  folder: { type: uri_folder }
  file: { type: uri_file }
  none:
  model: { type: custom_model, name: my_model, version: "3" }
  stored: { mode: upload, path: "azureml://datastores/workspaceblobstore/paths/sub/\${{name}}/" }
  artifacts:
`,
    );
    expect(log).toBe("0\nfree\n");
    expect(job.outputs["default"]).toEqual({
      mode: "rw_mount",
      path: "azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.producer",
      type: "uri_folder",
    });
    expect(job.outputs["stored"]?.path).toBe("azureml://datastores/workspaceblobstore/paths/sub/producer/");

    await user.run("job", "download", "-n", "producer", "--all", "-p", "all");
    const files = ["artifacts/outputs/world.txt", "artifacts/logs/l.txt", "artifacts/user_logs/std_log.txt"].concat(
      ["folder/a.txt", "file/file", "none/n.txt", "model/MLmodel", "stored/s.txt"].map(
        (path) => `named-outputs/${path}`,
      ),
    );
    expect(files.filter((file) => !existsSync(join(user.folder, "all", file)))).toEqual([]);
    for (const [output, file] of [
      ["default", "artifacts/outputs/world.txt"],
      ["artifacts", "artifacts/outputs/world.txt"],
      ["stored", "named-outputs/stored/s.txt"],
    ] as const) {
      await user.run("job", "download", "-n", "producer", "--output-name", output, "--download-path", output);
      expect(existsSync(join(user.folder, output, file)), output).toBe(true);
    }
  });

  it("inputs come from files, assets, datastores, jobs, runs and mirrors, whatever type was declared", async () => {
    user.files({ "data/x.csv": "x\n", "../mirror/iris.csv": "iris\n", "container/iris.csv": "blob\n" });
    await user.run("data", "create", "-n", "prices", "--path", "data", "--type", "uri_folder");
    user.files({ "data/y.csv": "y\n" });
    await user.run("data", "create", "-n", "prices", "--path", "data", "--type", "uri_folder");
    await user.run("mirror", "add", "--prefix", "https://example.invalid/sets/", "--path", "../mirror");
    await user.run("mirror", "add", "--prefix", "wasbs://box@account.blob.core.windows.net/", "--path", "container");
    const { log } = await user.job(
      "consumer",
      `
command: |
  cat \${{inputs.file}} \${{inputs.mismatch}} \${{inputs.run}} \${{inputs.web}} \${{inputs.literal}} \${{inputs.blob}}/iris.csv
  ls \${{inputs.first}}; ls \${{inputs.latest}}; ls \${{inputs.table}}
  cat \${{inputs.stored}} \${{inputs.output}}/a.txt \${{inputs.again}}/s.txt \${{inputs.all}}/outputs/world.txt \${{inputs.model}}/MLmodel
  echo \${{inputs.type}}
inputs:
  type: uri_file
  file: { type: uri_file, path: data/x.csv }
  mismatch: { type: uri_folder, path: data/x.csv }
  table: { type: mltable, path: data }
  first: { type: uri_folder, path: "azureml:prices:1", mode: download }
  latest: { path: azureml:prices@latest }
  stored: { type: uri_file, path: azureml://datastores/workspaceblobstore/paths/sub/producer/s.txt }
  output: { path: azureml://jobs/producer/outputs/folder }
  again: { path: azureml://jobs/producer/outputs/stored }
  all: { path: azureml://jobs/producer/outputs/artifacts }
  run: { type: uri_file, path: "runs:/producer/outputs/world.txt" }
  model: { type: custom_model, path: "azureml:my_model:3" }
  web: { type: uri_file, path: https://example.invalid/sets/iris.csv }
  blob: { path: "wasbs://box@account.blob.core.windows.net/" }
  literal: https://example.invalid/sets/iris.csv
`,
    );
    const listed = ["x.csv", "x.csv", "y.csv", "x.csv", "y.csv"];
    const read = ["x", "x", "world", "iris", "iris", "blob", ...listed, "stored", "folder", "stored", "world", "model"];
    expect(log.trim().split("\n")).toEqual([...read, "uri_file"]);
    const model = await user.json<{ used_by: string[]; produced_by: string }>("model", "show", "-n", "my_model");
    expect(model).toMatchObject({ used_by: ["consumer"], produced_by: "producer" });
    expect(readFileSync(join(user.folder, "data/x.csv"), "utf8")).toBe("x\n");
  });
}
