import * as assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, suiteSetup, suiteTeardown, test } from "mocha";
import * as vscode from "vscode";
import { connect } from "#client/index.ts";
import type { Job } from "#contract/entities/job.ts";

const lines = 20_000;
const windowLines = 500;

suite("a log longer than its window", function () {
  this.timeout(120_000);
  let job: Job;
  let document: vscode.TextDocument;

  /** Waits until the document says what is wanted: it is changed by events. */
  async function until(isSo: (text: string) => boolean): Promise<string> {
    while (!isSo(document.getText())) await new Promise((resolve) => setTimeout(resolve, 50));
    return document.getText();
  }

  suiteSetup(async () => {
    await vscode.workspace
      .getConfiguration()
      .update("slipway.log.windowLines", windowLines, vscode.ConfigurationTarget.Global);
    const script = join(mkdtempSync(join(tmpdir(), "slipway-window-")), "loud.py");
    writeFileSync(
      script,
      [
        "import time",
        `for n in range(${lines}):`,
        "    print('needle' if n == 7 else 'hay', n, flush=n % 100 == 0)",
        "    if n % 2000 == 0: time.sleep(0.2)",
        "",
      ].join("\n"),
    );
    await vscode.commands.executeCommand("slipway.engine.start");
    const client = await connect({ start: false });
    const answers = { allow_home: false, allow_secrets: false, skip_parent_ignored: false };
    job = await client.submit("default", { source: { file: script, overrides: [] }, answers });
    client.dispose();
    await vscode.commands.executeCommand("slipway.job.openLog", { kind: "job", job });
    document = vscode.window.activeTextEditor?.document as vscode.TextDocument;
  });

  suiteTeardown(() =>
    vscode.workspace.getConfiguration().update("slipway.log.windowLines", undefined, vscode.ConfigurationTarget.Global),
  );

  test("grows to its end and holds no more than the window", async () => {
    const text = await until((now) => now.includes("Completed"));
    assert.match(text, new RegExp(`hay ${lines - 1}\n`));
    const numbers = [...text.matchAll(/^(?:hay|needle) (\d+)$/gm)].map((match) => Number(match[1]));
    assert.equal(numbers.length, windowLines);
    assert.deepEqual(
      numbers,
      Array.from({ length: windowLines }, (_, index) => lines - windowLines + index),
    );
  });

  test("its first line says how much is above, and links to it", async () => {
    const above = lines - windowLines;
    assert.ok(document.getText().includes(`… ${above.toLocaleString("en")} lines (`), document.getText().slice(0, 300));
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      document.uri,
    );
    const targets = links.map((link) => link.target?.toString(true) ?? "");
    for (const command of ["slipway.log.showEarlier", "slipway.log.search", "slipway.log.openRaw"]) {
      assert.ok(
        targets.some((target) => target.includes(command)),
        command,
      );
    }
  });

  test("earlier lines are shown on request", async () => {
    await vscode.commands.executeCommand("slipway.log.showEarlier", document.uri.toString());
    const text = await until((now) => now.includes(`hay ${lines - windowLines - 1}\n`));
    assert.ok(!text.includes(`hay ${lines - 1}\n`));
    assert.ok(text.includes("more lines are below"));
    await vscode.commands.executeCommand("slipway.log.showNewest", document.uri.toString());
    await until((now) => now.includes(`hay ${lines - 1}\n`));
  });

  test("the raw file has every byte", async () => {
    await vscode.commands.executeCommand("slipway.log.openRaw", document.uri.toString());
    const raw = vscode.window.activeTextEditor?.document;
    assert.ok(raw);
    assert.ok(raw.fileName.endsWith(".txt"));
    assert.equal(raw.lineCount - 1, lines);
    assert.equal(raw.lineAt(7).text, "needle 7");
  });
});
