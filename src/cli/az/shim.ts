import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { quoted } from "../terminal/quoted.ts";

/**
 * Makes a folder below `home` with an executable `az` that runs this program, and returns it. When the program has gone
 * (an update took its folder), the `slipway` of the PATH takes its place.
 */
export function installShim(home: string): string {
  const folder = join(home, "az", "bin");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "az");
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, shimText(process.execPath, resolve(process.argv[1] ?? "slipway")));
  chmodSync(draft, 0o700);
  renameSync(draft, path);
  return folder;
}

function shimText(node: string, cli: string): string {
  // Inside VS Code the Node is its own, which must be told that it is one.
  const electron = process.versions["electron"] === undefined ? "" : "env ELECTRON_RUN_AS_NODE=1 ";
  return `#!/bin/sh
# Made by \`slipway env --az\`: commands for the Azure CLI, run by Slipway on this machine.
node=${quoted(node)}
cli=${quoted(cli)}
if [ -x "$node" ] && [ -f "$cli" ]; then
  exec ${electron}"$node" "$cli" az "$@"
fi
exec slipway az "$@"
`;
}
