import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "mocha";
import * as vscode from "vscode";

interface Manifest {
  contributes: {
    commands: { command: string; title: string }[];
    menus: Record<string, { command: string }[]>;
    views: Record<string, { id: string }[]>;
    walkthroughs: { steps: { media: { svg: string } }[] }[];
    configuration: { properties: Record<string, { default: unknown }> };
  };
}

const extension = vscode.extensions.getExtension<undefined>("slipway.slipway");
const manifest = extension?.packageJSON as Manifest;

suite("manifest", () => {
  test("every command of the manifest has a handler", async () => {
    await extension?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });

  test("menus name commands that exist, and every view has its command", async () => {
    const known = new Set(manifest.contributes.commands.map(({ command }) => command));
    const unknown = Object.values(manifest.contributes.menus)
      .flat()
      .filter(({ command }) => !known.has(command));
    assert.deepEqual(unknown, []);
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { id } of Object.values(manifest.contributes.views).flat()) assert.ok(registered.has(`${id}.focus`), id);
  });

  test("settings have the defaults that the manifest says", () => {
    for (const [id, { default: value }] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.deepEqual(vscode.workspace.getConfiguration().inspect(id)?.defaultValue, value, id);
    }
  });

  test("the walkthrough's pictures are there", () => {
    const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    for (const { media } of steps) assert.ok(existsSync(join(extension?.extensionPath ?? "", media.svg)), media.svg);
  });
});
