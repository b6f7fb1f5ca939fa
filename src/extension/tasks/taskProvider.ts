import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { LanguageServer } from "../runnables/languageServer.ts";
import type { Runnables } from "../runnables/runnables.ts";
import type { Session } from "../session.ts";
import { readTask, TaskFault, taskType, type SlipwayTask } from "./taskDefinition.ts";
import { runTask } from "./runTask.ts";
import { TaskTerminal } from "./taskTerminal.ts";
import { validateTask } from "./validateTask.ts";

interface TasksOptions {
  session: Session;
  server: LanguageServer;
  runnables: Runnables;
}

const matchers = ["$slipway", "$slipway-python"];

/** Tasks of type `slipway`: those of tasks.json, and Run and Validate for each job file of the folders. */
export class SlipwayTasks implements vscode.TaskProvider {
  readonly #options: TasksOptions;

  constructor(options: TasksOptions) {
    this.#options = options;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    if (!vscode.workspace.isTrusted) return [];
    const files = (await this.#options.runnables.all()).filter(({ isScript }) => !isScript);
    return files.flatMap(({ uri, what }) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (!folder) return [];
      const file = vscode.workspace.asRelativePath(uri, false);
      return (["run", "validate"] as const).map((command) => {
        const task = this.#task({ type: taskType, command, file }, folder, `${command}: ${file}`);
        task.detail =
          command === "run"
            ? vscode.l10n.t("Submits the {0} and follows it to its end", what)
            : vscode.l10n.t("Checks the {0}", what);
        return task;
      });
    });
  }

  /** A task of tasks.json gets what it does; VS Code keeps the rest of its configuration. */
  resolveTask(task: vscode.Task): vscode.Task {
    return this.#task(task.definition, task.scope ?? vscode.TaskScope.Workspace, task.name);
  }

  #task(
    definition: vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
  ): vscode.Task {
    const folder = typeof scope === "object" ? scope : vscode.workspace.workspaceFolders?.[0];
    const execution = new vscode.CustomExecution((resolved) =>
      Promise.resolve(
        new TaskTerminal(async (output, signal) => {
          const wanted = readDefinition(resolved);
          const file = vscode.Uri.file(
            isAbsolute(wanted.file) ? wanted.file : join(folder?.uri.fsPath ?? "/", wanted.file),
          );
          const work = { task: wanted, file, ...this.#options, output, signal };
          return wanted.command === "run" ? runTask(work) : validateTask(work);
        }),
      ),
    );
    return new vscode.Task(definition, scope, name, taskType, execution, matchers);
  }
}

function readDefinition(definition: vscode.TaskDefinition): SlipwayTask {
  try {
    return readTask(definition);
  } catch (thrown) {
    if (!(thrown instanceof TaskFault)) throw thrown;
    throw new Error(vscode.l10n.t("`{0}` of this task must be {1}. Correct tasks.json.", thrown.key, thrown.wanted), {
      cause: thrown,
    });
  }
}
