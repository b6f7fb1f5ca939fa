import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, suiteSetup, suiteTeardown, test } from "mocha";
import * as vscode from "vscode";
import { connect, type SlipwayClient } from "#client/index.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";

const workspace = "default";
const files = {
  "smoke/src/train.py": "import sys\nsteps = int(sys.argv[1])\nprint('steps', steps)\n",
  "smoke/conda.yml": "dependencies:\n  - python=3\n  - pip\n",
  "smoke/job.yml":
    "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncode: src\n" +
    "command: python train.py ${{inputs.steps}}\ninputs:\n  steps: 1000\nenvironment:\n  conda_file: conda.yml\n  image: any\n",
};

/** Asks again until the answer is there; the suite's own time limit ends it. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

suite("smoke runs under the debugger", function () {
  this.timeout(180_000);
  let client: SlipwayClient;
  let folder: string;
  let tracking: vscode.Disposable;
  const stops: { session: vscode.DebugSession; threadId: number }[] = [];

  suiteSetup(async () => {
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    mkdirSync(join(folder, "smoke/src"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    await vscode.workspace
      .getConfiguration("slipway.tests")
      .update("smoke", { "smoke/job.yml": ["inputs.steps=2"] }, vscode.ConfigurationTarget.Workspace);
    tracking = vscode.debug.registerDebugAdapterTrackerFactory("slipway", {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage: (message: { event?: string; body?: { threadId: number } }) => {
          if (message.event === "stopped" && message.body) stops.push({ session, ...message.body });
        },
      }),
    });
    await vscode.commands.executeCommand("slipway.engine.start");
    client = await connect({ start: false });
  });
  suiteTeardown(async () => {
    tracking.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.workspace
      .getConfiguration("slipway.tests")
      .update("smoke", undefined, vscode.ConfigurationTarget.Workspace);
  });

  test("the debug profile stops in the program with the small inputs, and the test ends with the job", async () => {
    const known = new Set((await client.listJobs({ params: { workspace }, query: {} })).jobs.map(({ name }) => name));
    const where = new vscode.Location(vscode.Uri.file(join(folder, "smoke/src/train.py")), new vscode.Position(2, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(where)]);
    // Opened as a person does: the tests are looked for then, and until there are some VS Code has nothing to run.
    await vscode.commands.executeCommand("workbench.view.testing.focus");
    let running = false;
    const stop = await eventually(() => {
      if (!running) {
        running = true;
        void vscode.commands.executeCommand("testing.debugAll").then(() => (running = false));
      }
      return stops.shift();
    });
    const { stackFrames } = (await stop.session.customRequest("stackTrace", {
      threadId: stop.threadId,
      levels: 1,
    })) as {
      stackFrames: { id: number }[];
    };
    const asked = { expression: "steps", frameId: stackFrames[0]?.id, context: "watch" };
    assert.equal(((await stop.session.customRequest("evaluate", asked)) as { result: string }).result, "2");
    await stop.session.customRequest("continue", { threadId: stop.threadId });
    const name = await eventually(async () => {
      const { jobs } = await client.listJobs({ params: { workspace }, query: {} });
      return jobs.find((job) => !known.has(job.name) && isTerminal(job.status))?.name;
    });
    const job = await client.showJob({ params: { workspace, name } });
    assert.equal(job.status, "Completed");
    assert.equal(job.inputs["steps"]?.value, "2");
    await eventually(() => (running ? undefined : true));
  });
});
