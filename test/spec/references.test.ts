import { describe, expect, test } from "vitest";
import { parseReference } from "../../src/spec/index.ts";

describe("references", () => {
  test.each<[string, object]>([
    ["azureml:sklearn", { kind: "asset", name: "sklearn" }],
    ["azureml:sklearn:3", { kind: "asset", name: "sklearn", version: "3" }],
    ["azureml:sklearn:1.0.0", { kind: "asset", name: "sklearn", version: "1.0.0" }],
    ["azureml:sklearn@latest", { kind: "asset", name: "sklearn", label: "latest" }],
    [
      "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
      { kind: "registry", registry: "azureml", assetType: "environments", name: "sklearn-1.5", label: "latest" },
    ],
    [
      "azureml://registries/azureml/models/m/versions/2",
      { kind: "registry", registry: "azureml", assetType: "models", name: "m", version: "2" },
    ],
    ["azureml://datastores/blob/paths/a/b.csv", { kind: "datastore", datastore: "blob", path: "a/b.csv" }],
    [
      "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/blob/paths/a",
      { kind: "datastore", datastore: "blob", path: "a", workspace: "w" },
    ],
    [
      "azureml://jobs/calm_fox_1/outputs/model/paths/x",
      { kind: "job-output", job: "calm_fox_1", path: "model/paths/x" },
    ],
    ["azureml://locations/westus/workspaces/w/data/d/versions/1", { kind: "location" }],
    [
      "azureml:/subscriptions/s/resourceGroups/g/providers/x",
      { kind: "arm-id", text: "/subscriptions/s/resourceGroups/g/providers/x" },
    ],
    ["file:./x.yml", { kind: "local", path: "./x.yml", fileScheme: true }],
    ["file:///data/x", { kind: "local", path: "/data/x", fileScheme: true }],
    ["../src", { kind: "local", path: "../src", fileScheme: false }],
    ["src", { kind: "local", path: "src", fileScheme: false }],
    ["https://a.b/c.csv", { kind: "url", scheme: "https" }],
    ["wasbs://data@account.blob.core.windows.net/x", { kind: "url", scheme: "wasbs" }],
    ["abfss://fs@account.dfs.core.windows.net/x", { kind: "url", scheme: "abfss" }],
    ["git+https://github.com/a/b", { kind: "git", url: "https://github.com/a/b" }],
    ["git@github.com:a/b.git", { kind: "git" }],
    ["runs:/abc/model", { kind: "run-artifact", run: "abc", path: "model" }],
    ["models:/m/3", { kind: "mlflow-model", name: "m", version: "3" }],
    ["models:/m@champion", { kind: "mlflow-model", name: "m", label: "champion" }],
    ["azureml://datastores/${{default_datastore}}/paths/x", { kind: "expression" }],
  ])("%s", (text, expected) => expect(parseReference(text)).toMatchObject(expected));

  test.each([
    "azureml:",
    "azureml:a:",
    "azureml:a@",
    "azureml:a:1:2",
    "azureml:a@b@c",
    "azureml:a b",
    "azureml://",
    "azureml://nowhere/x",
    "azureml://registries/r",
    "azureml://registries/r/models/m/version/1",
    "azureml://datastores/",
    "azureml://datastores/d/path/x",
    "azureml://jobs/n",
    "azureml:/subscriptions",
    "runs:/",
    "models:/",
    "s4://x/y",
    "",
  ])("'%s' is bad, with a reason", (text) => {
    const reference = parseReference(text);
    expect(reference.kind).toBe("bad");
    expect((reference as { reason: string }).reason.length).toBeGreaterThan(5);
  });
});
