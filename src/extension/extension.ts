import * as vscode from "vscode";
import { assetCommands } from "./assets/assetCommands.ts";
import { installCommand, offerInTerminals } from "./cli/cliPath.ts";
import { compareCommands } from "./compare/compareCommands.ts";
import { ComparePanels } from "./compare/comparePanels.ts";
import { computeCommands } from "./computes/computeCommands.ts";
import { ComputeTree } from "./computes/computeTree.ts";
import { JobConfigurations } from "./debug/configurations.ts";
import { debugCommands } from "./debug/debugCommands.ts";
import { debugType } from "./debug/jobConfiguration.ts";
import { JobEditor } from "./debug/jobEditor.ts";
import { DebugSessions } from "./debug/sessions.ts";
import { engineCommands } from "./engine/engineCommands.ts";
import { RunFileSystem } from "./files/runFileSystem.ts";
import { runScheme } from "./files/runUri.ts";
import { jobCommands } from "./jobs/jobCommands.ts";
import { JobList } from "./jobs/jobList.ts";
import { JobPanels } from "./jobs/jobPanels.ts";
import { JobsTree } from "./jobs/jobsTree.ts";
import { logCommands } from "./logs/logCommands.ts";
import { LogDocuments } from "./logs/logDocuments.ts";
import { registerLogFeatures } from "./logs/logFeatures.ts";
import { ModelsTree } from "./models/modelsTree.ts";
import { LanguageServer } from "./runnables/languageServer.ts";
import { Runnables } from "./runnables/runnables.ts";
import { fileCommands } from "./runnables/fileCommands.ts";
import { ClonePanels } from "./reproduce/clonePanels.ts";
import { reproduceCommands } from "./reproduce/reproduceCommands.ts";
import { runsCommands } from "./runs/runsCommands.ts";
import { RunsPanels } from "./runs/runsPanels.ts";
import { Session } from "./session.ts";
import { JobEnds } from "./status/jobEnds.ts";
import { StatusBar } from "./status/statusBar.ts";
import { JobLinks } from "./uriHandler.ts";
import { registerCommands } from "./vscode/commands.ts";
import { SlipwayTasks } from "./tasks/taskProvider.ts";
import { taskType } from "./tasks/taskDefinition.ts";
import { JobTests } from "./tests/jobTests.ts";
import { WorkspacesTree } from "./workspaces/workspacesTree.ts";
import { MirrorSetting } from "./workspaces/mirrorSetting.ts";
import { workspaceCommands } from "./workspaces/workspaceCommands.ts";

/** The composition root. Nothing is read or started here: views and commands do that when they are used. */
export function activate(context: vscode.ExtensionContext): void {
  const track = <T extends vscode.Disposable>(resource: T): T => {
    context.subscriptions.push(resource);
    return resource;
  };
  const log = track(vscode.window.createOutputChannel("Slipway", { log: true }));
  const session = track(new Session({ context, log }));
  const server = new LanguageServer({ module: context.asAbsolutePath("dist/language-server.cjs"), log });
  track(new vscode.Disposable(() => void server.dispose()));
  const runnables = track(new Runnables({ server }));
  const jobs = track(new JobList({ session, memento: context.globalState }));
  const jobsTree = track(new JobsTree({ session, jobs, runnables }));
  const models = track(new ModelsTree(session));
  const compute = track(new ComputeTree(session));
  const workspaces = track(new WorkspacesTree(session));
  const documents = track(new LogDocuments({ session }));
  const panels = track(new JobPanels({ session, extensionUri: context.extensionUri }));

  const clones = track(new ClonePanels({ session, panels, extensionUri: context.extensionUri, log }));
  const comparePanels = track(new ComparePanels({ session, extensionUri: context.extensionUri, log }));
  const runsPanels = track(
    new RunsPanels({
      ...{ session, extensionUri: context.extensionUri, log },
      compare: (names) => comparePanels.show(names),
    }),
  );

  const jobsView = track(
    vscode.window.createTreeView("slipway.jobs", {
      treeDataProvider: jobsTree,
      showCollapseAll: true,
      canSelectMany: true,
    }),
  );
  track(vscode.window.registerTreeDataProvider("slipway.workspaces", workspaces));
  track(vscode.window.registerTreeDataProvider("slipway.models", models));
  track(vscode.window.registerTreeDataProvider("slipway.compute", compute));
  // Endpoints come with serving; until then the view's welcome text says so.
  track(
    vscode.window.registerTreeDataProvider("slipway.endpoints", {
      getChildren: () => [],
      getTreeItem: (item: never) => item,
    }),
  );

  track(
    vscode.workspace.registerFileSystemProvider(runScheme, new RunFileSystem({ session }), {
      isReadonly: true,
      isCaseSensitive: true,
    }),
  );
  track(vscode.window.registerUriHandler(new JobLinks({ session, panels })));
  track(registerLogFeatures());
  track(new MirrorSetting({ session, log }));
  track(new StatusBar({ session, jobs }));
  track(new JobEnds({ session, view: jobsView, jobs }));

  track(new JobEditor({ server }));
  const configurations = new JobConfigurations({ server, runnables, jobs });
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  track(vscode.debug.registerDebugConfigurationProvider(debugType, configurations));
  track(vscode.debug.registerDebugConfigurationProvider(debugType, configurations, Dynamic));
  track(vscode.debug.registerDebugAdapterDescriptorFactory(debugType, track(new DebugSessions({ session }))));

  track(vscode.tasks.registerTaskProvider(taskType, new SlipwayTasks({ session, server, runnables })));
  track(new JobTests({ session, server, runnables }));

  const refresh = () => {
    jobs.reload();
    for (const tree of [models, compute, workspaces]) tree.refresh();
  };
  track(
    registerCommands(
      {
        ...jobCommands({ session, jobs, panels, view: () => jobsView, more: (node) => jobsTree.more(node) }),
        ...reproduceCommands({ session, jobs, panels, clones, view: () => jobsView }),
        ...debugCommands({ jobs, view: () => jobsView }),
        ...runsCommands({ panels: runsPanels }),
        ...compareCommands({ session, panels: comparePanels, view: () => jobsView }),
        ...fileCommands({ server }),
        ...logCommands({ session, documents }),
        ...assetCommands({ session, server }),
        ...computeCommands({ session, refresh: () => compute.refresh() }),
        ...workspaceCommands({ session, refresh: () => workspaces.refresh() }),
        ...engineCommands({ session }),
        "slipway.cli.install": () => installCommand(context),
        "slipway.showOutput": () => log.show(),
        "slipway.refresh": refresh,
      },
      log,
    ),
  );
  track(vscode.workspace.onDidGrantWorkspaceTrust(refresh));
  void offerInTerminals(context).catch((thrown: unknown) =>
    log.warn(`slipway is not on the PATH of terminals: ${String(thrown)}`),
  );
  if (vscode.window.visibleTextEditors.some(({ document }) => document.languageId === "yaml")) void server.start();
  track(
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.languageId === "yaml") void server.start();
    }),
  );
}
