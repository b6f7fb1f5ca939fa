#!/usr/bin/env node
/**
 * Stands in for the `code` executable where no desktop VS Code can be had: takes the arguments of `@vscode/test-electron`'s
 * `runTests`, opens the same VS Code as server + Chromium, and ends with the exit code of the tests.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ensureCodeServer } from "../../tools/setup/codeServer.ts";
import { startBrowser } from "./driver/browser.ts";
import { VsCodeServer } from "./driver/server.ts";

interface Launch {
  folder: string;
  tests: string;
  development: string[];
  userDataDir: string;
  extensionsDir: string;
}

function parse(args: readonly string[]): Launch {
  const values = (name: string): string[] =>
    args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
  const value = (name: string): string => {
    const found = values(name).at(-1);
    if (found === undefined) throw new Error(`--${name}=… is missing in ${args.join(" ")}`);
    return found;
  };
  const folder = args.find((arg) => !arg.startsWith("-"));
  if (folder === undefined) throw new Error("No folder to open: give it as the first of launchArgs");
  return {
    folder,
    tests: value("extensionTestsPath"),
    development: values("extensionDevelopmentPath"),
    userDataDir: value("user-data-dir"),
    extensionsDir: value("extensions-dir"),
  };
}

async function runTests(launch: Launch): Promise<number> {
  const data = join(launch.userDataDir, "server");
  mkdirSync(data, { recursive: true });
  const server = await VsCodeServer.start({
    codeServer: await ensureCodeServer(),
    folder: data,
    userDataDir: launch.userDataDir,
    extensionsDir: launch.extensionsDir,
    testDriver: true,
  });
  try {
    const browser = await startBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const exitCode = new Promise<number>((resolve) => {
        void page.exposeFunction("codeAutomationExit", (code: number) => resolve(code));
      });
      await page.exposeFunction("codeAutomationLog", (_type: string, args: unknown[]) => {
        // The workbench's own complaints (no marketplace, no service worker) would drown the tests' words.
        if (process.env["SLIPWAY_TEST_VERBOSE"])
          process.stderr.write(`${args.map(String).join(" ")}
`);
      });
      await page.goto(
        server.url(launch.folder, [
          ...launch.development.map((path) => ["extensionDevelopmentPath", server.remoteUri(path)] as const),
          ["extensionTestsPath", server.remoteUri(launch.tests)],
        ]),
      );
      return await exitCode;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));
process.exit(await runTests(parse(process.argv.slice(2))));
