import { commands } from "./commands.ts";
import { debuggerContribution } from "./debuggers.ts";
import { keybindings, menus } from "./menus.ts";
import { settings } from "./settings.ts";
import { problemMatchers, taskDefinitions } from "./tasks.ts";
import { container, views, welcomes } from "./views.ts";

const entries = Object.entries;

/** What wakes the extension up. Opening a folder or starting VS Code does not. Views and commands wake it by themselves. */
export const activationEvents = [
  "onLanguage:yaml",
  "onLanguage:azureml",
  "onFileSystem:slipway-run",
  "onUri",
  "onDebugResolve:slipway",
  "onDebugDynamicConfigurations:slipway",
  "onWebviewPanel:slipway.job",
  "onWebviewPanel:slipway.runs",
  "onTaskType:slipway",
  "onView:workbench.view.testing",
] as const;

const walkthroughStep = (id: string, title: string, description: string, completionEvents: string[]) => ({
  id,
  title,
  description,
  media: { svg: `media/walkthrough/${id}.svg`, altText: title },
  completionEvents,
});

/** What the extension is, for the lists of extensions. */
export const description =
  "Azure Machine Learning's way of working on your own machines: jobs, tracking and models from VS Code, no account and no cloud.";

/** The `contributes` of package.json, made from the typed tables; its texts go to package.nls.json (`tools/generate/manifestTexts.ts`). */
export function contributes(): Record<string, unknown> {
  return {
    commands: entries(commands).map(([command, { title, ...rest }]) => ({
      command,
      title,
      category: "Slipway",
      ...("icon" in rest ? { icon: rest.icon } : {}),
      ...("enablement" in rest ? { enablement: rest.enablement } : {}),
    })),
    viewsContainers: { activitybar: [container] },
    views: {
      [container.id]: entries(views).map(([id, view]) => ({ id, ...view, contextualTitle: "Slipway" })),
    },
    viewsWelcome: welcomes.map(({ textKey, view, when, contents }) => ({
      textKey,
      view,
      contents,
      ...(when ? { when } : {}),
    })),
    menus: {
      ...menus,
      commandPalette: entries(commands)
        .filter(([, command]) => "palette" in command)
        .map(([command]) => ({ command, when: "false" })),
    },
    keybindings,
    debuggers: [debuggerContribution],
    taskDefinitions,
    problemMatchers,
    // So that breakpoints can be set without any other extension.
    breakpoints: [{ language: "python" }],
    configuration: {
      title: "Slipway",
      properties: Object.fromEntries(
        entries(settings).map(([id, setting], order) => {
          const { restricted: _restricted, ...rest } = setting as typeof setting & { restricted?: true };
          return [id, { ...rest, order }];
        }),
      ),
    },
    languages: [{ id: "slipway-log", aliases: ["Slipway log"], configuration: "./media/log-language.json" }],
    colors: [
      {
        id: "slipway.running",
        description: "Running jobs.",
        defaults: {
          light: "charts.blue",
          dark: "charts.blue",
          highContrast: "charts.blue",
          highContrastLight: "charts.blue",
        },
      },
      {
        id: "slipway.completed",
        description: "Completed jobs.",
        defaults: {
          light: "charts.green",
          dark: "charts.green",
          highContrast: "charts.green",
          highContrastLight: "charts.green",
        },
      },
      {
        id: "slipway.failed",
        description: "Failed jobs.",
        defaults: {
          light: "charts.red",
          dark: "charts.red",
          highContrast: "charts.red",
          highContrastLight: "charts.red",
        },
      },
    ],
    resourceLabelFormatters: [
      { scheme: "slipway-run", formatting: { label: "${path}", separator: "/", workspaceSuffix: "Slipway" } },
      { scheme: "slipway-log", formatting: { label: "${path}", separator: "/" } },
    ],
    walkthroughs: [
      {
        id: "start",
        title: "Your first job",
        description: "Azure Machine Learning's way of working on this machine.",
        steps: [
          walkthroughStep(
            "run",
            "Press ▶",
            "Open an Azure ML job YAML or a Python script and run it here.\n[Run Active File](command:slipway.job.run)",
            ["onCommand:slipway.job.run"],
          ),
          walkthroughStep(
            "follow",
            "Follow it",
            "The log streams into an editor, and goes on when you close the window.\n[Open Log](command:slipway.job.openLog)",
            ["onCommand:slipway.job.openLog"],
          ),
          walkthroughStep(
            "look",
            "Look at the metrics",
            "Whatever MLflow logs is drawn as it arrives.\n[Open Job Page](command:slipway.job.openPage)",
            ["onCommand:slipway.job.openPage"],
          ),
          walkthroughStep(
            "terminal",
            "Use it from a terminal",
            "`slipway job create -f job.yml --stream`\n[Install 'slipway' Command](command:slipway.cli.install)",
            ["onCommand:slipway.cli.install"],
          ),
        ],
      },
    ],
  };
}

/** What works in Restricted Mode, and which settings of a folder do not count there. */
export const capabilities = {
  untrustedWorkspaces: {
    supported: "limited",
    description: "In Restricted Mode jobs, logs and outputs can be browsed and YAML is checked; nothing runs.",
    restrictedConfigurations: entries(settings)
      .filter(([, setting]) => "restricted" in setting)
      .map(([id]) => id),
  },
  virtualWorkspaces: { supported: "limited", description: "Files of a virtual workspace cannot be submitted." },
} as const;
