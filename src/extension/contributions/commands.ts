/** One command. `needs` hides or disables it where it cannot work; the palette offers all but those with `palette: false`. */
export interface CommandContribution {
  title: string;
  icon?: string;
  enablement?: string;
  /** `false`: only in menus (its argument cannot be asked for). */
  palette?: false;
  /** For docs/reference/commands.md. */
  does: string;
}

const trusted = "isWorkspaceTrusted";

/** Every command, by its id. Forgetting a handler for one does not compile (see `handlers.ts`). */
export const commands = {
  "slipway.job.run": {
    title: "Run",
    icon: "$(play)",
    enablement: trusted,
    does: "Shows the sheet of a job YAML or a Python script and submits it.",
  },
  "slipway.debug.start": {
    title: "Debug",
    icon: "$(debug-alt)",
    enablement: trusted,
    does: "Starts a job YAML or a Python script as a tracked run whose Python programs stop at breakpoints.",
  },
  "slipway.debug.attach": {
    title: "Attach Debugger…",
    icon: "$(debug-alt)",
    enablement: trusted,
    does: "Attaches a debugger to the Python programs of a running job.",
  },
  "slipway.job.validate": { title: "Validate", icon: "$(check)", does: "Checks a YAML file and shows its problems." },
  "slipway.job.runAgain": {
    title: "Run Again",
    icon: "$(debug-rerun)",
    enablement: trusted,
    does: "Submits the file that a job came from once more.",
  },
  "slipway.job.reproduce": {
    title: "Reproduce",
    icon: "$(beaker)",
    enablement: trusted,
    does: "Runs a job again from its record (code, lock, data, parameters), and compares outputs and metrics.",
  },
  "slipway.job.clone": {
    title: "Clone and Change…",
    icon: "$(copy)",
    enablement: trusted,
    does: "A form of a job's inputs, environment variables and target; submits a new job of the same code, or writes it as YAML.",
  },
  "slipway.job.cancel": {
    title: "Cancel Job",
    icon: "$(debug-stop)",
    enablement: trusted,
    does: "Asks a job to stop: its processes get a signal, a grace time, then are ended.",
  },
  "slipway.job.openPage": {
    title: "Open Job Page",
    icon: "$(graph-line)",
    does: "Metrics, parameters, inputs and outputs, environment and failure of a job.",
  },
  "slipway.job.openLog": { title: "Open Log", icon: "$(output)", does: "The log of a job in an editor, live." },
  "slipway.job.openSource": {
    title: "Open Job File",
    icon: "$(go-to-file)",
    does: "The YAML or script that a job was submitted from.",
  },
  "slipway.job.copyName": { title: "Copy Name", does: "Copies a job's name, which is its MLflow run id." },
  "slipway.job.rename": { title: "Rename Job…", does: "Changes a job's display name." },
  "slipway.job.editTags": { title: "Edit Tags…", does: "Adds, changes or removes a tag of a job." },
  "slipway.job.archive": { title: "Archive Job", does: "Hides a job from the list; nothing is deleted." },
  "slipway.job.delete": {
    title: "Delete Job…",
    icon: "$(trash)",
    enablement: trusted,
    does: "Deletes the selected jobs and says the bytes; they can be restored until they are collected.",
  },
  "slipway.job.restore": { title: "Restore Job", does: "Shows an archived or deleted job again." },
  "slipway.job.download": {
    title: "Download Outputs…",
    icon: "$(cloud-download)",
    does: "Copies a job's artifacts and outputs to a folder.",
  },
  "slipway.job.pin": { title: "Pin Job", icon: "$(pin)", does: "Keeps a job at the top of the list." },
  "slipway.job.unpin": { title: "Unpin Job", icon: "$(pinned)", does: "Lets a job go back to its place." },
  "slipway.job.openLock": { title: "Open Environment Lock", does: "The exact packages that a job ran with." },
  "slipway.job.openSnapshotFile": {
    title: "Open Submitted File",
    palette: false,
    does: "A file of the code as it was submitted.",
  },
  "slipway.compare.open": {
    title: "Compare Runs…",
    icon: "$(git-compare)",
    does: "What differs between runs: parameters, inputs, code, packages, hardware, and their curves over each other.",
  },
  "slipway.runs.open": {
    title: "Open Runs Table",
    icon: "$(table)",
    does: "All runs of the workspace as a table: filter, sort, columns, saved views, bulk changes, CSV.",
  },
  "slipway.runs.openExperiment": {
    title: "Open Runs of This Experiment",
    icon: "$(table)",
    palette: false,
    does: "The runs table of the experiment that a job belongs to.",
  },
  "slipway.jobs.filter": {
    title: "Filter Jobs…",
    icon: "$(filter)",
    does: "Shows the jobs whose name, experiment, tag or status holds a text.",
  },
  "slipway.jobs.clearFilter": { title: "Clear Job Filter", icon: "$(clear-all)", does: "Shows all jobs again." },
  "slipway.jobs.mine": {
    title: "Show Only My Jobs",
    icon: "$(account)",
    does: "Shows only the jobs that you submitted, or everybody's again.",
  },
  "slipway.jobs.group": {
    title: "Group Jobs by Experiment",
    icon: "$(list-tree)",
    does: "Shows jobs in folders by experiment (a `/` in an experiment's name makes folders), or as one list again.",
  },
  "slipway.jobs.archived": { title: "Show Archived Jobs", does: "Shows archived jobs too, or hides them again." },
  "slipway.jobs.more": { title: "Show More Jobs", palette: false, does: "Loads the next page of the list." },
  "slipway.log.search": {
    title: "Search Whole Log…",
    icon: "$(search)",
    does: "Searches the whole log in the engine and jumps to a line, also above the window.",
  },
  "slipway.log.openRaw": {
    title: "Open Raw Log File",
    icon: "$(file-binary)",
    does: "The log as one file, byte for byte.",
  },
  "slipway.log.showEarlier": { title: "Show Earlier Lines", palette: false, does: "Moves the log window up." },
  "slipway.log.showNewest": {
    title: "Show Newest Lines",
    palette: false,
    does: "Moves the log window back to the end.",
  },
  "slipway.script.saveAsJob": {
    title: "Save as job.yml…",
    icon: "$(save-as)",
    does: "Writes an Azure ML job YAML for a plain script.",
  },
  "slipway.workspace.select": {
    title: "Select Workspace…",
    icon: "$(arrow-swap)",
    does: "Chooses the workspace that the views show and jobs go to.",
  },
  "slipway.workspace.create": {
    title: "Create Workspace…",
    icon: "$(add)",
    enablement: trusted,
    does: "Makes a new workspace in this engine.",
  },
  "slipway.workspace.setDefault": {
    title: "Make Default Workspace",
    does: "Makes a workspace the one that is used when none is named.",
  },
  "slipway.workspace.copyTracking": {
    title: "Copy MLflow Environment",
    icon: "$(clippy)",
    does: "Copies MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN as shell lines.",
  },
  "slipway.asset.create": {
    title: "Register Asset from File…",
    icon: "$(add)",
    enablement: trusted,
    does: "Registers data, a model, an environment or a component from a YAML file, or data from a file or folder.",
  },
  "slipway.asset.open": {
    title: "Show Asset",
    does: "The YAML of an asset version, with where it came from and who used it.",
  },
  "slipway.asset.copyReference": { title: "Copy Reference", icon: "$(clippy)", does: "Copies `azureml:name:version`." },
  "slipway.asset.archive": { title: "Archive Asset", does: "Hides an asset from the lists; nothing is deleted." },
  "slipway.compute.attach": {
    title: "Attach Machine…",
    icon: "$(add)",
    does: "Attaches a machine that SSH reaches as a target: a host of `~/.ssh/config`, or another one.",
  },
  "slipway.compute.detach": {
    title: "Detach Machine…",
    does: "Forgets an attached machine, and removes what Slipway has put there if that is wanted.",
  },
  "slipway.compute.probe": {
    title: "Probe Target",
    icon: "$(pulse)",
    does: "Looks at a target's cores, memory, disk, Python and GPUs again.",
  },
  "slipway.compute.setDefault": {
    title: "Make Default Target",
    does: "Makes a target the one for jobs whose compute is not known here.",
  },
  "slipway.mirror.add": {
    title: "Add Mirror…",
    enablement: trusted,
    does: "Maps a URL prefix to a folder, for machines without internet.",
  },
  "slipway.mirror.remove": { title: "Remove Mirror…", does: "Forgets a URL prefix." },
  "slipway.engine.start": {
    title: "Start Engine",
    icon: "$(play)",
    enablement: trusted,
    does: "Starts the engine of this user.",
  },
  "slipway.engine.stop": { title: "Stop Engine", does: "Stops the engine. Jobs go on and are found again." },
  "slipway.engine.restart": {
    title: "Restart Engine",
    icon: "$(refresh)",
    enablement: trusted,
    does: "Stops and starts the engine. Jobs go on.",
  },
  "slipway.engine.status": {
    title: "Show Engine Status",
    does: "Build, Node, memory, store and socket of the engine.",
  },
  "slipway.engine.logs": { title: "Show Engine Log", does: "The end of the engine's own log." },
  "slipway.engine.gc": {
    title: "Free Disk Space…",
    does: "Removes what nothing refers to any more and says the bytes freed.",
  },
  "slipway.engine.diagnostics": {
    title: "Write Diagnostics…",
    does: "Writes one file with status, settings, versions and the engine's log, without secrets, and shows where it is.",
  },
  "slipway.cli.install": { title: "Install 'slipway' Command", does: "Puts `slipway` into a folder of your PATH." },
  "slipway.showOutput": { title: "Show Slipway Output", does: "The extension's own log." },
  "slipway.refresh": { title: "Refresh", icon: "$(refresh)", does: "Reads all lists again." },
} as const satisfies Record<string, CommandContribution>;

export type CommandId = keyof typeof commands;
