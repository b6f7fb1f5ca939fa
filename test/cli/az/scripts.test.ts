import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt, type Ran } from "../built.ts";

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (notBuilt) return;
  writeFileSync(join(home.folder, "slipway"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(join(home.folder, "slipway"), 0o755);
  mkdirSync(join(home.folder, "src"));
  home.write(
    "src/main.py",
    'import sys\nprint("rate", sys.argv[1])\nopen("outputs/rate.txt", "w").write(sys.argv[1])\n',
  );
  home.write(
    "job.yml",
    `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: python main.py \${{inputs.rate}}
code: src
inputs:
  rate: 0.1
environment:
  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04
compute: azureml:cpu-cluster
`,
  );
}, 120_000);
afterAll(() => home.remove());

const cli = join(import.meta.dirname, "../../../dist/cli/slipway.js");

/** Runs a script with the shim's `az` first on its PATH, as its own text sets it up. */
function bash(script: string): Promise<Ran> {
  const path = home.write("script.sh", `set -e\neval "$(./slipway env --az)"\n${script}`);
  return new Promise((resolve) => {
    execFile("bash", [path], { cwd: home.folder, env: home.env }, (failure, stdout, stderr) => {
      resolve({ code: failure ? Number(failure.code) : 0, stdout, stderr });
    });
  });
}

describe.skipIf(notBuilt)(`scripts written for az${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 180_000 }, () => {
  it("submit a job, wait for it as they do, and get what it made", async () => {
    const { code, stdout, stderr } = await bash(`
az login --service-principal -u me -p secret --tenant t -o none
az account set -s "ML subscription"
az extension add -n ml -y
az group create -n rg -l westeurope --query name -o tsv
az configure --defaults workspace=main group=rg location=westeurope
az ml workspace create --name main
az ml workspace create --name main -o none
az role assignment create --assignee me --role Contributor --scope "/subscriptions/$(az account show --query id -o tsv)"

run_id=$(az ml job create -f job.yml --set inputs.rate=0.5 display_name=rated --query name -o tsv)
if [[ -z "$run_id" ]]
then
  echo "Job creation failed"
  exit 3
fi
status=$(az ml job show -n $run_id --query status -o tsv)
running=("Queued" "NotStarted" "Starting" "Preparing" "Running" "Finalizing")
while [[ \${running[*]} =~ $status ]]
do
  sleep 0.2
  status=$(az ml job show -n $run_id --query status -o tsv)
done
echo "$status"
[[ $status == "Completed" ]]
az ml job download --name=$run_id --download-p got --all
cat got/artifacts/outputs/rate.txt
echo
az ml job list --query "[?contains(display_name,'rated')].name | [0]" -o tsv | grep -c "$run_id"
az ml workspace show --query '{Name:name,Where:location,Group:resource_group}' -o tsv
`);
    expect(stderr).not.toContain("ERROR");
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(["rg", "Completed", "0.5", "1", "main\twesteurope\trg"]));
    expect(stderr).toContain("az role assignment create: nothing to do");
    expect(stderr).toContain("The workspace main is here already and stays as it is.");
    expect(code).toBe(0);
    expect(readFileSync(join(home.home, "az.json"), "utf8")).not.toContain("secret");
  });

  it("stop where a command is refused, and say which", async () => {
    const { code, stdout, stderr } = await bash(`
echo before
az ml feature-store create --file store.yml --only-show-errors
echo after
`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "before\n" });
    expect(stderr).toBe("ERROR: az ml feature-store create was not done: Slipway has no feature stores.\n");
  });

  it("hear the same ids each time, and the subscription that they set", async () => {
    const az = (...args: string[]): Promise<Ran> => home.run(["az", ...args]);
    await az("account", "clear");
    const first = await az("account", "show", "--query", "[id,tenantId]", "-o", "tsv");
    expect(first.stdout).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\n/);
    expect((await az("account", "show", "--query", "[id,tenantId]", "-o", "tsv")).stdout).toBe(first.stdout);
    await az("account", "set", "--subscription", "0A0B0C0D-0000-1111-2222-333344445555");
    const id = await az("account", "list", "--query", "[0].id", "-o", "tsv");
    expect(id.stdout).toBe("0a0b0c0d-0000-1111-2222-333344445555\n");
  });

  it("keep groups and defaults, and forget them", async () => {
    const az = (...args: string[]): Promise<Ran> => home.run(["az", ...args]);
    await az("group", "create", "--resource-group", "other", "--location", "north", "--tags", "a=b");
    expect((await az("group", "exists", "-n", "OTHER", "-o", "tsv")).stdout).toBe("true\n");
    expect((await az("group", "show", "-g", "other", "--query", "tags.a", "-o", "tsv")).stdout).toBe("b\n");
    expect((await az("group", "delete", "-n", "other", "--yes", "--no-wait")).code).toBe(0);
    expect((await az("group", "show", "-n", "other")).code).toBe(3);
    await az("configure", "-d", "workspace=", "location=south");
    const listed = await az("configure", "--list-defaults", "--query", "[].[name,value]", "-o", "tsv");
    expect(listed.stdout).toContain("location\tsouth\n");
    expect(listed.stdout).not.toContain("workspace");
    expect((await az("config", "get", "defaults.location", "--query", "value", "-o", "tsv")).stdout).toBe("south\n");
  });

  it("get a workspace that they name made by the first create in it, and by nothing else", async () => {
    const az = (...args: string[]): Promise<Ran> => home.run(["az", "ml", ...args]);
    expect(await az("data", "list", "-w", "fresh")).toMatchObject({ code: 3 });
    home.write("points.csv", "1,2\n");
    const made = await az(
      "data",
      "create",
      "-n",
      "points",
      "--path",
      "points.csv",
      "--type",
      "uri_file",
      "-w",
      "fresh",
    );
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("The workspace fresh was not here yet") });
    expect((await az("data", "list", "-w", "fresh", "--query", "[].name", "-o", "tsv")).stdout).toBe("points\n");
    const direct = await home.run(["data", "create", "-n", "p", "--path", "points.csv", "-w", "typo"]);
    expect(direct.code).toBe(3);
  });

  it("are told of what is mistyped as az tells it", async () => {
    const wrong = await home.run(["az", "ml", "job", "shwo", "-n", "x"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("not a verb of 'az ml job'") });
    const missing = await home.run(["az", "ml", "job", "show"]);
    expect(missing.stderr).toContain("Run `az ml job show --help`.");
    expect((await home.run(["az", "version", "--query", "extensions.ml", "-o", "tsv"])).stdout).toBe("2.0.0\n");
    expect((await home.run(["az", "extension", "show", "-n", "ssh"])).code).toBe(3);
    expect((await home.run(["az", "extension", "add", "-n", "ssh"])).code).toBe(1);
    expect((await home.run(["az", "--help"])).stdout).toContain("All that `slipway` does.");
  });
});
