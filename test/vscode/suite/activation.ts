import * as assert from "node:assert/strict";
import { suite, test } from "mocha";
import * as vscode from "vscode";

suite("extension", () => {
  test("is known to VS Code and activates", async () => {
    const extension = vscode.extensions.getExtension("slipway.slipway");
    assert.ok(extension, "slipway.slipway is not among the extensions");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
