import * as assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, suiteSetup, suiteTeardown, test } from "mocha";
import * as vscode from "vscode";
import { connect, type SlipwayClient } from "#client/index.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";

const workspace = "default";
const schema = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n";
const files = {
  "tasks/src/train.py":
    "import sys\nif sys.argv[1] == 'fail':\n    raise ValueError('no: rate')\nprint('trained', sys.argv[1])\n",
  "tasks/src/long.py": "import time\nprint('begun', flush=True)\nwhile True:\n    time.sleep(0.05)\n",
  "tasks/job.yml":
    schema +
    "code: src\ncommand: python train.py ${{inputs.how}}\ninputs:\n  how: fail\nenvironment:\n  conda_file: conda.yml\n  image: any\n",
  "tasks/conda.yml": "dependencies:\n  - python=3\n  - pip\n",
  "tasks/wrong.yml": `${schema}command: echo\nenvironment: azureml:e@latest\ncompote: local\n`,
};
const shell = (label: string, more: object) => ({
  label,
  type: "process",
  command: "touch",
  args: [`\${workspaceFolder}/${label}`],
  ...more,
});
const run = (label: string, more: object) => ({ label, type: "slipway", file: "tasks/job.yml", ...more });
const written = [
  run("good", { inputs: { how: "well" }, set: ["display_name=${workspaceFolderBasename}"] }),
  run("bad", {}),
  shell("after-good", { dependsOn: ["good"], dependsOrder: "sequence" }),
  shell("after-bad", { dependsOn: ["bad"], dependsOrder: "sequence" }),
  { label: "long", type: "slipway", file: "tasks/src/long.py" },
  { label: "nonsense", type: "slipway", file: "tasks/job.yml", inputs: ["how=well"] },
];

/** Asks again until the answer is there; the suite's own time limit ends it. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

suite("tasks", function () {
  this.timeout(180_000);
  let client: SlipwayClient;
  let folder: string;
  const ended: vscode.TaskProcessEndEvent[] = [];
  let following: vscode.Disposable;

  const task = (name: string) =>
    eventually(async () => (await vscode.tasks.fetchTasks()).find((candidate) => candidate.name === name));
  /** Runs a task to its end and returns the exit code. */
  const exitCode = async (name: string) => {
    ended.length = 0;
    await vscode.tasks.executeTask(await task(name));
    const end = await eventually(() => ended.find(({ execution }) => execution.task.name === name));
    return end.exitCode;
  };
  const problems = (name: string) =>
    vscode.languages.getDiagnostics(vscode.Uri.file(join(folder, name))).filter(({ source }) => source !== undefined);
  const jobs = async () => (await client.listJobs({ params: { workspace }, query: {} })).jobs;

  suiteSetup(async () => {
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    mkdirSync(join(folder, "tasks/src"), { recursive: true });
    mkdirSync(join(folder, ".vscode"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, ".vscode/tasks.json"), JSON.stringify({ version: "2.0.0", tasks: written }));
    following = vscode.tasks.onDidEndTaskProcess((event) => ended.push(event));
    await vscode.commands.executeCommand("slipway.engine.start");
    client = await connect({ start: false });
  });
  suiteTeardown(() => following.dispose());

  test("each job file has a Run and a Validate", async () => {
    await task("run: tasks/job.yml");
    const validate = await task("validate: tasks/job.yml");
    assert.deepEqual(validate.problemMatchers, ["$slipway", "$slipway-python"]);
    assert.equal(await exitCode("validate: tasks/job.yml"), 0);
  });

  test("Validate fails at a wrong file, and its problem stands at its line", async () => {
    assert.equal(await exitCode("validate: tasks/wrong.yml"), 1);
    const [problem] = await eventually(() => {
      const found = problems("tasks/wrong.yml").filter(({ range }) => range.start.line === 3);
      return found.length > 0 ? found : undefined;
    });
    assert.match(problem?.message ?? "", /compute/);
  });

  test("a job that completes lets the chain go on, with its inputs and --set pairs", async () => {
    assert.equal(await exitCode("after-good"), 0);
    assert.ok(existsSync(join(folder, "after-good")));
    const [summary] = await jobs();
    const job = await client.showJob({ params: { workspace, name: summary?.name ?? "" } });
    assert.equal(job.status, "Completed");
    assert.equal(job.inputs["how"]?.value, "well");
    assert.equal(job.display_name, vscode.workspace.workspaceFolders?.[0]?.name);
  });

  test("a job that fails stops the chain, with its exit code and the line of the user's own file", async () => {
    ended.length = 0;
    await vscode.tasks.executeTask(await task("after-bad"));
    const end = await eventually(() => ended.find(({ execution }) => execution.task.name === "bad"));
    assert.equal(end.exitCode, 1);
    const [problem] = await eventually(() => {
      const found = problems("tasks/src/train.py");
      return found.length > 0 ? found : undefined;
    });
    assert.equal(problem?.range.start.line, 2);
    assert.match(problem?.message ?? "", /ValueError: no: rate/);
    // The next task that is asked for begins after the chain has been given up.
    assert.equal(await exitCode("validate: tasks/job.yml"), 0);
    assert.equal(existsSync(join(folder, "after-bad")), false);
  });

  test("a definition that means nothing ends with 1 and submits nothing", async () => {
    const before = (await jobs()).length;
    assert.equal(await exitCode("nonsense"), 1);
    assert.equal((await jobs()).length, before);
  });

  test("terminate cancels the job and asks nothing", async () => {
    const known = new Set((await jobs()).map(({ name }) => name));
    const execution = await vscode.tasks.executeTask(await task("long"));
    const { name } = await eventually(async () =>
      (await jobs()).find((job) => !known.has(job.name) && job.status === "Running"),
    );
    execution.terminate();
    const job = await eventually(async () => {
      const shown = await client.showJob({ params: { workspace, name } });
      return isTerminal(shown.status) ? shown : undefined;
    });
    assert.equal(job.status, "Canceled");
  });
});
