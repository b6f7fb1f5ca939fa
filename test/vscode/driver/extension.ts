import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { mustRun, root } from "../../../tools/process/run.ts";
import type { CodeServer } from "../../../tools/setup/codeServer.ts";

/** Installs a package as `code --install-extension` does. */
export async function installExtension(
  vsix: string,
  options: { codeServer: CodeServer; extensionsDir: string; dataDir: string },
): Promise<void> {
  const { codeServer, extensionsDir, dataDir } = options;
  await mustRun([
    ...([codeServer.node, codeServer.serverMain] as const),
    ...["--install-extension", vsix, "--extensions-dir", extensionsDir],
    ...["--server-data-dir", dataDir, "--accept-server-license-terms"],
  ]);
}

/**
 * Makes the repository's own build an installed extension, without packing it. Copied: VS Code tells by the real path of
 * a file whose code it is.
 */
export function placeExtension(extensionsDir: string): void {
  const folder = join(extensionsDir, "slipway.slipway-0.0.0");
  mkdirSync(folder, { recursive: true });
  for (const name of [
    "package.json",
    "package.nls.json",
    "package.nls.de.json",
    "l10n",
    "dist",
    "media",
    "README.md",
  ]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
}
