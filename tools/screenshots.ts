/**
 * `npm run screenshots -- [--folder examples] [--out out/screenshots] [--vsix file] [--run "Command title"]… [--open file]`:
 * pictures of the side bar's views, and of what the commands and files open, in the three themes. Looked at by people.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Workbench, themes } from "../test/vscode/workbench.ts";
import { root } from "./process/run.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: join(root, "examples") },
    out: { type: "string", default: join(root, "out/screenshots") },
    vsix: { type: "string" },
    home: { type: "string" },
    open: { type: "string", multiple: true, default: [] },
    run: { type: "string", multiple: true, default: [] },
  },
});

process.env["SLIPWAY_SCREENSHOTS"] = resolve(values.out);
const workbench = await Workbench.open({
  folder: resolve(values.folder),
  ...(values.vsix === undefined ? {} : { vsix: resolve(values.vsix) }),
  ...(values.home === undefined ? {} : { home: resolve(values.home) }),
});
try {
  await workbench.openContainer("Slipway");
  for (const file of values.open) await workbench.openFile(file);
  for (const command of values.run) await workbench.runCommand(command);
  await workbench.settled();
  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    await workbench.setTheme(theme);
    process.stdout.write(`${await workbench.screenshot(theme)}\n`);
  }
} finally {
  await workbench.close();
}
