/** `npm run test:vscode`: the suites in a real extension host, then the tests that drive the workbench as a person does. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { root, toolEnvironment } from "../../tools/process/run.ts";
import { bundleSuites } from "./bundle.ts";
import { endRunFolder, makeRunFolder } from "./driver/home.ts";
import type { SuiteReport } from "./runner.ts";

/**
 * The executable to test with: `SLIPWAY_VSCODE`, else a downloaded desktop VS Code where there is a screen and a download works,
 * else the launcher that opens code-server in Chromium.
 */
async function chooseExecutable(): Promise<string> {
  const launcher = join(import.meta.dirname, "launcher.ts");
  const chosen = process.env["SLIPWAY_VSCODE"];
  if (chosen === "code-server") return launcher;
  if (chosen) return chosen;
  const screen = process.platform !== "linux" || process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"];
  if (!screen) return launcher;
  try {
    return await downloadAndUnzipVSCode({ cachePath: join(root, ".cache/vscode-test") });
  } catch (failure) {
    process.stdout.write(`No desktop VS Code could be downloaded (${String(failure)}), so code-server is used\n`);
    return launcher;
  }
}

/** Runs the extension host suites once; `suite` names one file of test/vscode/suite. */
export async function runSuites(suite?: string): Promise<SuiteReport> {
  const folder = makeRunFolder("vscode");
  const home = join(folder, "home");
  const workspace = join(folder, "workspace");
  const report = join(root, "out/vscode-report.json");
  mkdirSync(workspace, { recursive: true });
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  let words = "";
  try {
    const extensionTestsPath = await bundleSuites();
    await runTests({
      vscodeExecutablePath: await chooseExecutable(),
      extensionDevelopmentPath: root,
      extensionTestsPath,
      launchArgs: [
        workspace,
        `--user-data-dir=${join(folder, "user")}`,
        `--extensions-dir=${join(folder, "extensions")}`,
      ],
      extensionTestsEnv: {
        PATH: toolEnvironment()["PATH"],
        SLIPWAY_HOME: home,
        SLIPWAY_TEST_REPORT: report,
        SLIPWAY_TEST_SUITE: suite ?? "",
        SLIPWAY_TEST_ROOT: root,
      },
    });
  } catch (failure) {
    words = failure instanceof Error ? failure.message : String(failure);
  } finally {
    endRunFolder(folder, home);
  }
  if (existsSync(report)) return JSON.parse(readFileSync(report, "utf8")) as SuiteReport;
  return { passed: 0, failed: 1, skipped: 0, lines: [`  FAIL the extension host gave no report: ${words}`] };
}

if (import.meta.main) {
  const report = await runSuites(process.argv[2]);
  process.stdout.write(`${report.lines.join("\n")}\n`);
  process.stdout.write(`vscode suites: ${report.passed} passed, ${report.failed} failed, ${report.skipped} skipped\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
}
