/** The one container and its five views. `when` contexts are set by the extension (see `session.ts`). */
export const container = { id: "slipway", title: "Slipway", icon: "media/slipway.svg" } as const;

/** What needs an engine is not shown where none can be. */
const machine = "!slipway.web";

export const views = {
  "slipway.jobs": { name: "Jobs", icon: "$(play-circle)", visibility: "visible" },
  "slipway.workspaces": { name: "Workspaces", icon: "$(project)", visibility: "visible", when: machine },
  "slipway.models": { name: "Models", icon: "$(package)", visibility: "collapsed", when: machine },
  "slipway.compute": { name: "Compute", icon: "$(server-environment)", visibility: "collapsed", when: machine },
  "slipway.endpoints": { name: "Endpoints", icon: "$(globe)", visibility: "collapsed", when: machine },
} as const;
export type ViewId = keyof typeof views;

interface Welcome {
  /** Names the text among the translations: view and state. */
  textKey: string;
  view: ViewId;
  when: string;
  contents: string;
}

/** One text for each state that excludes the others: not trusted, no engine, starting, failed, empty. */
export const welcomes: readonly Welcome[] = [
  {
    textKey: "jobs.restricted",
    view: "slipway.jobs",
    when: "!isWorkspaceTrusted && slipway.engine != running",
    contents:
      "This folder is in Restricted Mode: jobs can be looked at, none can run.\n[Manage Workspace Trust](command:workbench.trust.manage)",
  },
  {
    textKey: "jobs.stopped",
    view: "slipway.jobs",
    when: "isWorkspaceTrusted && slipway.engine == stopped",
    contents:
      "The engine that runs and tracks jobs on this machine is not running. Jobs that are running go on without it.\n[Start Engine](command:slipway.engine.start)\nNo account, no cloud: see the [walkthrough](command:workbench.action.openWalkthrough?%22slipway.slipway%23start%22).",
  },
  {
    textKey: "jobs.starting",
    view: "slipway.jobs",
    when: "slipway.engine == starting",
    contents: "Starting the engine…",
  },
  {
    textKey: "jobs.failed",
    view: "slipway.jobs",
    when: "slipway.engine == failed",
    contents:
      "The engine did not start.\n[Show Engine Log](command:slipway.engine.logs)\n[Try Again](command:slipway.engine.start)",
  },
  {
    textKey: "jobs.empty",
    view: "slipway.jobs",
    when: "slipway.engine == running && slipway.jobs == empty",
    contents:
      "No jobs yet. Open an Azure ML job YAML or a Python script and press ▶.\n[Run Active File](command:slipway.job.run)",
  },
  {
    textKey: "jobs.filtered",
    view: "slipway.jobs",
    when: "slipway.engine == running && slipway.jobs == filtered",
    contents: "No job matches the filter.\n[Clear Filter](command:slipway.jobs.clearFilter)",
  },
  {
    textKey: "workspaces.stopped",
    view: "slipway.workspaces",
    when: "slipway.engine != running",
    contents: "Workspaces appear when the engine runs.\n[Start Engine](command:slipway.engine.start)",
  },
  {
    textKey: "compute.stopped",
    view: "slipway.compute",
    when: "slipway.engine != running",
    contents:
      "This machine is the target “local”. It appears when the engine runs.\n[Start Engine](command:slipway.engine.start)",
  },
  {
    textKey: "models.stopped",
    view: "slipway.models",
    when: "slipway.engine != running",
    contents: "Models appear when the engine runs.\n[Start Engine](command:slipway.engine.start)",
  },
  {
    textKey: "models.empty",
    view: "slipway.models",
    when: "slipway.engine == running && slipway.models == empty",
    contents:
      "No models yet. A job that logs a model, or an output of type custom_model or mlflow_model with a name, puts it here.\n[Register Asset from File…](command:slipway.asset.create)",
  },
  {
    textKey: "endpoints.none",
    view: "slipway.endpoints",
    when: "",
    contents:
      "This version runs, tracks and keeps jobs; it does not serve models yet. A job's model can be loaded with MLflow: mlflow models serve -m runs:/<job>/model\n[Copy MLflow Environment](command:slipway.workspace.copyTracking)",
  },
];
