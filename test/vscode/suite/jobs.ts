import * as assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, suiteSetup, test } from "mocha";
import * as vscode from "vscode";
import { connect, type SlipwayClient } from "#client/index.ts";
import type { Job } from "#contract/entities/job.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";

const workspace = "default";

/** Asks again until the answer is there; the suite's own time limit ends it. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

suite("jobs in the extension host", function () {
  this.timeout(120_000);
  let client: SlipwayClient;
  let job: Job;

  suiteSetup(async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-suite-"));
    const script = join(folder, "train.py");
    const lines = ["from pathlib import Path", "for n in range(40): print('line', n)", "Path('outputs/a').mkdir()"];
    writeFileSync(script, [...lines, "Path('outputs/a/note.txt').write_text('kept')", "import absent", ""].join("\n"));
    await vscode.commands.executeCommand("slipway.engine.start");
    client = await connect({ start: false });
    const answers = { allow_home: false, allow_secrets: false, skip_parent_ignored: false };
    const submitted = await client.submit(workspace, { source: { file: script, overrides: [] }, answers });
    job = await eventually(async () => {
      const shown = await client.showJob({ params: { workspace, name: submitted.name } });
      return isTerminal(shown.status) ? shown : undefined;
    });
  });

  test("a job's artifacts are a read-only file system", async () => {
    const note = vscode.Uri.parse(`slipway-run:/${job.name}/artifacts/outputs/a/note.txt`);
    assert.equal(Buffer.from(await vscode.workspace.fs.readFile(note)).toString(), "kept");
    const entries = await vscode.workspace.fs.readDirectory(
      vscode.Uri.parse(`slipway-run:/${job.name}/artifacts/outputs`),
    );
    assert.deepEqual(entries, [["a", vscode.FileType.Directory]]);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(note, Buffer.from("changed")));
    await assert.rejects(async () =>
      vscode.workspace.fs.readFile(vscode.Uri.parse(`slipway-run:/${job.name}/artifacts/none`)),
    );
  });

  test("the code as submitted is a file system too", async () => {
    const submitted = await vscode.workspace.fs.readFile(vscode.Uri.parse(`slipway-run:/${job.name}/code/train.py`));
    assert.match(Buffer.from(submitted).toString(), /import absent/);
  });

  test("the log opens as a document that folds, has an outline and links to the failing line", async () => {
    await vscode.commands.executeCommand("slipway.job.openLog", { kind: "job", job });
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.equal(document.languageId, "slipway-log");
    assert.match(document.getText(), /line 39/);
    assert.match(document.getText(), /Failed: ModuleNotFoundError/);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      document.uri,
    );
    assert.ok(links.some((link) => link.target?.toString(true).includes("slipway.job.openSnapshotFile")));
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      "vscode.executeDocumentSymbolProvider",
      document.uri,
    );
    assert.ok(symbols.some((symbol) => symbol.name.startsWith("Failed")));
  });

  test("a place in the log opens the user's own file at its line", async () => {
    assert.equal(job.error?.class, "import");
    await vscode.commands.executeCommand("slipway.job.openSnapshotFile", { job: job.name, ...job.error?.location });
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.ok(editor.document.fileName.endsWith("train.py"));
    assert.equal(editor.selection.active.line, 4);
  });

  test("the environment's lock opens", async () => {
    if (job.environment_lock === null) return;
    await vscode.commands.executeCommand("slipway.job.openLock", { kind: "job", job });
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, "slipway-run");
  });

  test("the job page opens and comes back to the front", async () => {
    await vscode.commands.executeCommand("slipway.job.openPage", { kind: "job", job });
    await vscode.commands.executeCommand("slipway.job.openPage", { kind: "job", job });
    const pages = () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter((tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith("slipway.job"));
    await eventually(() => (pages().length > 0 ? true : undefined));
    assert.equal(pages().length, 1);
  });

  test("stopping the engine is told, and the next command starts another", async () => {
    const before = client.engine.pid;
    await vscode.commands.executeCommand("slipway.engine.restart");
    const { pid } = await client.engineStatus();
    assert.notEqual(pid, before);
  });
});
