import * as assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, suiteSetup, suiteTeardown, test } from "mocha";
import * as vscode from "vscode";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { JobSummary } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";

const workspace = "default";
/** What F5 may take with a cached environment, with room for a busy machine: it is measured beside, not here. */
const mostSeconds = 30;

interface Frame {
  id: number;
  name: string;
  line: number;
  source: { path: string };
}

interface Stop {
  session: vscode.DebugSession;
  reason: string;
  threadId: number;
  at: number;
}

/** Asks again until the answer is there; the suite's own time limit ends it. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const training = `import os
import subprocess
import sys
from model import step

rate = 0.5
loss = step(rate)
print("loss", loss)
import json, urllib.request
request = urllib.request.Request(
    os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
    data=json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "loss", "value": loss, "timestamp": 1, "step": 0}).encode(),
    headers={"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]},
)
urllib.request.urlopen(request).read()
subprocess.run([sys.executable, "src/child.py"] if os.path.isdir("src") else [sys.executable, "child.py"], check=True)
print("end")
`;
const files = {
  "src/train.py": training,
  "src/model.py": "def step(rate):\n    doubled = rate * 2\n    return doubled + 1\n",
  "src/child.py": "answer = 42\nprint('child', answer)\n",
  "src/long.py": "import time\nbegun = True\nwhile True:\n    time.sleep(0.05)\n",
  "job.yml":
    "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncode: src\n" +
    "command: echo before && python train.py && python -c \"print('after')\"\nenvironment:\n  conda_file: conda.yml\n  image: any\n",
  "long.yml":
    "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncode: src\ncommand: python long.py\n" +
    "environment:\n  conda_file: conda.yml\n  image: any\n",
  "conda.yml": "dependencies:\n  - python=3\n  - pip\n",
  "data.yml":
    "$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json\nname: d\ntype: uri_file\npath: conda.yml\n",
};

suite("debugging jobs", function () {
  this.timeout(180_000);
  let client: SlipwayClient;
  let folder: string;
  const stops: Stop[] = [];
  const tracked: vscode.Disposable[] = [];
  const place = (name: string) => join(folder, name);

  const breakAt = (name: string, line: number) => {
    const where = new vscode.Location(vscode.Uri.file(place(name)), new vscode.Position(line - 1, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(where)]);
  };
  const nextStop = () => eventually(() => stops.shift());
  /** The file of the workspace that a frame names: a path, or an address in a window on a server. */
  const fileOf = ({ source }: Frame) =>
    source.path.includes("://") ? vscode.Uri.parse(source.path).path : source.path;
  const top = async ({ session, threadId }: Stop) => {
    const { stackFrames } = (await session.customRequest("stackTrace", { threadId, levels: 5 })) as {
      stackFrames: Frame[];
    };
    return stackFrames[0] as Frame;
  };
  const jobs = async () => (await client.listJobs({ params: { workspace }, query: {} })).jobs as JobSummary[];
  const ended = (name: string) =>
    eventually(async () => {
      const job = await client.showJob({ params: { workspace, name } });
      return isTerminal(job.status) ? job : undefined;
    });
  const nothingDebugged = () => eventually(() => (vscode.debug.activeDebugSession === undefined ? true : undefined));
  const start = (configuration: Record<string, unknown>) =>
    vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], {
      type: "slipway",
      request: "launch",
      name: "test",
      ...configuration,
    });

  suiteSetup(async () => {
    folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    mkdirSync(place("src"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(place(name), text);
    tracked.push(
      vscode.debug.registerDebugAdapterTrackerFactory("slipway", {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { event?: string; body?: { reason: string; threadId: number } }) => {
            if (message.event === "stopped" && message.body) stops.push({ session, ...message.body, at: Date.now() });
          },
        }),
      }),
    );
    await vscode.workspace.getConfiguration("slipway.submit").update("sheet", "whenNeeded", true);
    await vscode.commands.executeCommand("slipway.engine.start");
    client = await connect({ start: false });
  });
  suiteTeardown(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
    vscode.Disposable.from(...tracked).dispose();
  });

  test("a job YAML stops in train.py, is read, stepped and watched, then ends as any run", async () => {
    breakAt("src/train.py", 7);
    breakAt("src/child.py", 2);
    await vscode.window.showTextDocument(vscode.Uri.file(place("job.yml")));
    await vscode.commands.executeCommand("slipway.debug.start");
    const stop = await nextStop();
    assert.equal(stop.reason, "breakpoint");
    const frame = await top(stop);
    assert.equal(fileOf(frame), place("src/train.py"));
    assert.equal(frame.line, 7);

    const { scopes } = (await stop.session.customRequest("scopes", { frameId: frame.id })) as {
      scopes: { variablesReference: number }[];
    };
    const { variables } = (await stop.session.customRequest("variables", {
      variablesReference: scopes[0]?.variablesReference,
    })) as { variables: { name: string; value: string }[] };
    assert.equal(variables.find(({ name }) => name === "rate")?.value, "0.5");
    const watched = { expression: "rate * 4", frameId: frame.id, context: "watch" };
    assert.equal(((await stop.session.customRequest("evaluate", watched)) as { result: string }).result, "2.0");

    await stop.session.customRequest("stepIn", { threadId: stop.threadId });
    const inside = await nextStop();
    const stepped = await top(inside);
    assert.equal(inside.reason, "step");
    assert.equal(fileOf(stepped), place("src/model.py"));
    await inside.session.customRequest("continue", { threadId: inside.threadId });

    const child = await nextStop();
    assert.notEqual(child.session.id, stop.session.id);
    assert.equal(fileOf(await top(child)), place("src/child.py"));
    await child.session.customRequest("continue", { threadId: child.threadId });

    const [summary] = await jobs();
    const job = await ended(summary?.name ?? "");
    assert.equal(job.status, "Completed");
    const { metrics } = await client.runData({ params: { workspace, name: job.name } });
    assert.equal(metrics["loss"]?.value, 2);
    await nothingDebugged();
  });

  test("stop ends the job as a cancel does, and a breakpoint is reached soon in a cached environment", async () => {
    const known = new Set((await jobs()).map(({ name }) => name));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    breakAt("src/train.py", 6);
    const begun = performance.now();
    assert.equal(await start({ file: place("job.yml") }), true);
    const stop = await nextStop();
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds < mostSeconds, `the first breakpoint took ${seconds.toFixed(1)} s`);
    await vscode.debug.stopDebugging(stop.session);
    const job = await ended((await jobs()).find(({ name }) => !known.has(name))?.name ?? "");
    assert.equal(job.status, "Canceled");
    await nothingDebugged();
  });

  test("disconnect leaves the job running, and a debugger can be attached again", async () => {
    const known = new Set((await jobs()).map(({ name }) => name));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    breakAt("src/long.py", 4);
    assert.equal(await start({ file: place("long.yml") }), true);
    await nextStop();
    const { name } = (await jobs()).find((job) => !known.has(job.name)) as JobSummary;
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand("workbench.action.debug.disconnect");
    await nothingDebugged();
    assert.equal((await client.showJob({ params: { workspace, name } })).status, "Running");

    breakAt("src/long.py", 4);
    assert.equal(await start({ request: "attach", job: name }), true);
    const again = await nextStop();
    assert.equal((await top(again)).line, 4);
    await vscode.debug.stopDebugging(again.session);
    await nothingDebugged();
    assert.equal((await client.showJob({ params: { workspace, name } })).status, "Running");
    await client.cancelJob({ params: { workspace, name } });
    assert.equal((await ended(name)).status, "Canceled");
  });

  test("a plain script is debugged as the run that it is", async () => {
    const known = new Set((await jobs()).map(({ name }) => name));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    breakAt("src/child.py", 2);
    assert.equal(await start({ file: place("src/child.py") }), true);
    const stop = await nextStop();
    assert.equal(fileOf(await top(stop)), place("src/child.py"));
    await stop.session.customRequest("continue", { threadId: stop.threadId });
    const job = await ended((await jobs()).find(({ name }) => !known.has(name))?.name ?? "");
    assert.equal(job.status, "Completed");
    await nothingDebugged();
  });

  test("a configuration that names no job starts nothing", async () => {
    const before = (await jobs()).length;
    for (const file of [place("absent.yml"), place("data.yml"), ""]) assert.equal(await start({ file }), false);
    assert.equal((await jobs()).length, before);
  });
});
