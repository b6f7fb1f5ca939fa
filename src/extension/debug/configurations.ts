import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobList } from "../jobs/jobList.ts";
import { pickJob } from "../jobs/pickJob.ts";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { Runnables } from "../runnables/runnables.ts";
import { debugType, isLaunch, isProgram, type LaunchConfiguration } from "./jobConfiguration.ts";

interface ConfigurationsOptions {
  server: LanguageServer;
  runnables: Runnables;
  jobs: JobList;
}

/** Fills in and checks configurations before anything starts: what is wrong is said with its place. */
export class JobConfigurations implements vscode.DebugConfigurationProvider {
  readonly #options: ConfigurationsOptions;

  constructor(options: ConfigurationsOptions) {
    this.#options = options;
  }

  /** One for each job file of the folder, for the list of the Run view. */
  async provideDebugConfigurations(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const files = (await this.#options.runnables.all()).filter(
      ({ uri, isScript }) => !isScript && vscode.workspace.getWorkspaceFolder(uri)?.uri.path === folder?.uri.path,
    );
    return files.map(({ uri }) => launchOf(uri));
  }

  /** Without a launch.json VS Code asks with an empty configuration: the file that is open is meant. */
  resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration | undefined {
    if (configuration.type) return configuration;
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme === "file") return launchOf(uri);
    void vscode.window.showErrorMessage(vscode.l10n.t("Open a job YAML or a Python script first, then debug it."));
    return undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (isProgram(configuration)) return configuration;
    const problem = vscode.workspace.isTrusted
      ? isLaunch(configuration)
        ? await this.#problemOf(configuration)
        : undefined
      : vscode.l10n.t(
          "Nothing runs from a folder in Restricted Mode. Trust the folder first (Workspaces: Manage Workspace Trust).",
        );
    if (problem !== undefined) {
      void vscode.window.showErrorMessage(`${configuration.name}: ${problem}`);
      return undefined;
    }
    return isLaunch(configuration) ? configuration : this.#withJob(configuration);
  }

  async #problemOf({ file }: LaunchConfiguration): Promise<string | undefined> {
    if (typeof file !== "string" || file === "")
      return vscode.l10n.t(
        '`file` is missing in launch.json. Write the path of a job YAML or a script, as "${workspaceFolder}/job.yml".',
      );
    if (!existsSync(file) || !statSync(file).isFile())
      return vscode.l10n.t("`file` names {0}, and no such file is there. Correct the path in launch.json.", file);
    // A script that somebody names is one, whatever is in it.
    if (file.endsWith(".py")) return undefined;
    const [found] = await this.#options.server.classify([vscode.Uri.file(file)]);
    if (found?.runnable) return undefined;
    const what = found?.kind ? vscode.l10n.t("a {0}", found.what) : vscode.l10n.t("no job YAML and no Python script");
    return vscode.l10n.t(
      "{0} is {1}, and only jobs can be debugged. Name the YAML of a command job, or the script itself.",
      file,
      what,
    );
  }

  async #withJob(configuration: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration | undefined> {
    const { job } = configuration as { job?: unknown };
    if (typeof job === "string" && job !== "") return configuration;
    try {
      const picked = await pickJob(undefined, {
        jobs: this.#options.jobs,
        title: vscode.l10n.t("Attach Debugger"),
        selected: () => undefined,
        only: ({ status }) => !isTerminal(status),
      });
      return { ...configuration, job: picked.name };
    } catch (thrown) {
      if (thrown instanceof vscode.CancellationError) return undefined;
      throw thrown;
    }
  }
}

/** The configuration for a file. */
export function launchOf(uri: vscode.Uri): LaunchConfiguration {
  return {
    type: debugType,
    request: "launch",
    name: vscode.l10n.t("Debug {0}", basename(uri.fsPath)),
    file: uri.fsPath,
  };
}
