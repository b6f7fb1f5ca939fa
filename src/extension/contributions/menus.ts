import type { CommandId } from "./commands.ts";

interface MenuEntry {
  command: CommandId;
  when?: string;
  group?: string;
}

const view = (id: string) => `view == slipway.${id}`;
/** Items carry tokens in their context value (`job running cancellable`); a menu asks for a token. */
const item = (id: string, token: string) => `${view(id)} && viewItem =~ /\\b${token}\\b/`;

const runnable = "slipway.runnable"; // set of paths that the language server knows to be runnable

/** Menu → entries. One or two inline icons an item, destructive entries last. */
export const menus: Record<string, readonly MenuEntry[]> = {
  "editor/title/run": [
    { command: "slipway.job.run", when: `resourcePath in ${runnable}`, group: "navigation@1" },
    { command: "slipway.job.run", when: "resourceLangId == python && resourceScheme == file", group: "1_run@90" },
    { command: "slipway.debug.start", when: `resourcePath in ${runnable}`, group: "1_run@91" },
  ],
  "editor/title": [
    { command: "slipway.log.search", when: "resourceScheme == slipway-log", group: "navigation@1" },
    { command: "slipway.log.openRaw", when: "resourceScheme == slipway-log", group: "1_log@1" },
    {
      command: "slipway.script.saveAsJob",
      when: "resourceLangId == python && resourceScheme == file",
      group: "5_slipway@1",
    },
  ],
  "explorer/context": [
    { command: "slipway.job.run", when: `resourcePath in ${runnable} || resourceExtname == .py`, group: "3_slipway@1" },
    { command: "slipway.job.validate", when: "resourceExtname =~ /^\\.ya?ml$/", group: "3_slipway@2" },
    { command: "slipway.script.saveAsJob", when: "resourceExtname == .py", group: "3_slipway@3" },
    { command: "slipway.asset.create", when: "slipway.engine == running", group: "3_slipway@4" },
  ],
  "view/title": [
    { command: "slipway.jobs.filter", when: view("jobs"), group: "navigation@1" },
    { command: "slipway.jobs.clearFilter", when: `${view("jobs")} && slipway.jobs.isFiltered`, group: "navigation@2" },
    { command: "slipway.runs.open", when: view("jobs"), group: "navigation@3" },
    { command: "slipway.compare.open", when: view("jobs"), group: "0_compare@1" },
    { command: "slipway.jobs.mine", when: view("jobs"), group: "1_filter@1" },
    { command: "slipway.jobs.group", when: view("jobs"), group: "1_filter@3" },
    { command: "slipway.jobs.archived", when: view("jobs"), group: "1_filter@2" },
    { command: "slipway.refresh", when: view("jobs"), group: "2_refresh@1" },
    { command: "slipway.engine.status", when: view("jobs"), group: "3_engine@1" },
    { command: "slipway.engine.logs", when: view("jobs"), group: "3_engine@2" },
    { command: "slipway.engine.restart", when: view("jobs"), group: "3_engine@3" },
    { command: "slipway.engine.stop", when: view("jobs"), group: "3_engine@4" },
    { command: "slipway.engine.gc", when: view("jobs"), group: "4_space@1" },
    { command: "slipway.workspace.select", when: view("workspaces"), group: "navigation@1" },
    { command: "slipway.workspace.create", when: view("workspaces"), group: "navigation@2" },
    { command: "slipway.asset.create", when: view("models"), group: "navigation@1" },
    { command: "slipway.compute.attach", when: view("compute"), group: "navigation@1" },
    {
      command: "slipway.refresh",
      when: `${view("workspaces")} || ${view("models")} || ${view("compute")}`,
      group: "2_refresh@1",
    },
  ],
  "view/item/context": [
    { command: "slipway.job.run", when: item("jobs", "runnable"), group: "inline@1" },
    { command: "slipway.debug.start", when: item("jobs", "runnable"), group: "1_file@0" },
    { command: "slipway.job.validate", when: item("jobs", "yaml"), group: "1_file@1" },
    { command: "slipway.script.saveAsJob", when: item("jobs", "script"), group: "1_file@2" },
    { command: "slipway.job.openLog", when: item("jobs", "logged"), group: "inline@1" },
    { command: "slipway.job.cancel", when: item("jobs", "cancellable"), group: "inline@2" },
    { command: "slipway.job.unpin", when: item("jobs", "pinned"), group: "inline@3" },
    { command: "slipway.job.openPage", when: item("jobs", "job"), group: "1_open@1" },
    { command: "slipway.job.openLog", when: item("jobs", "logged"), group: "1_open@2" },
    { command: "slipway.job.openSource", when: item("jobs", "sourced"), group: "1_open@3" },
    { command: "slipway.job.openLock", when: item("jobs", "locked"), group: "1_open@4" },
    { command: "slipway.debug.attach", when: item("jobs", "cancellable"), group: "2_run@0" },
    { command: "slipway.compare.open", when: item("jobs", "job"), group: "1_open@9" },
    { command: "slipway.runs.openExperiment", when: item("jobs", "job"), group: "1_open@8" },
    { command: "slipway.runs.openExperiment", when: item("jobs", "experiment"), group: "inline@1" },
    { command: "slipway.job.runAgain", when: item("jobs", "sourced"), group: "2_run@1" },
    { command: "slipway.job.reproduce", when: item("jobs", "reproducible"), group: "2_run@2" },
    { command: "slipway.job.clone", when: item("jobs", "locked"), group: "2_run@3" },
    { command: "slipway.job.download", when: item("jobs", "job"), group: "2_run@4" },
    { command: "slipway.job.pin", when: `${item("jobs", "job")} && !(viewItem =~ /\\bpinned\\b/)`, group: "3_edit@1" },
    { command: "slipway.job.rename", when: item("jobs", "job"), group: "3_edit@2" },
    { command: "slipway.job.editTags", when: item("jobs", "job"), group: "3_edit@3" },
    { command: "slipway.job.copyName", when: item("jobs", "job"), group: "3_edit@4" },
    { command: "slipway.job.cancel", when: item("jobs", "cancellable"), group: "9_end@1" },
    { command: "slipway.job.archive", when: item("jobs", "archivable"), group: "9_end@2" },
    { command: "slipway.job.restore", when: item("jobs", "archived"), group: "9_end@3" },
    { command: "slipway.job.delete", when: item("jobs", "deletable"), group: "9_end@4" },
    { command: "slipway.workspace.select", when: item("workspaces", "workspace"), group: "inline@1" },
    { command: "slipway.workspace.setDefault", when: item("workspaces", "workspace"), group: "1_workspace@1" },
    { command: "slipway.workspace.copyTracking", when: item("workspaces", "workspace"), group: "1_workspace@2" },
    { command: "slipway.mirror.add", when: item("workspaces", "mirrors"), group: "inline@1" },
    { command: "slipway.mirror.remove", when: item("workspaces", "mirror"), group: "1_mirror@1" },
    { command: "slipway.asset.create", when: item("workspaces", "assets"), group: "inline@1" },
    { command: "slipway.asset.copyReference", when: "viewItem =~ /\\basset\\b/", group: "inline@1" },
    { command: "slipway.asset.open", when: "viewItem =~ /\\basset\\b/", group: "1_open@1" },
    { command: "slipway.asset.archive", when: "viewItem =~ /\\basset\\b/", group: "9_end@1" },
    { command: "slipway.compute.probe", when: item("compute", "target"), group: "inline@1" },
    { command: "slipway.compute.setDefault", when: item("compute", "target"), group: "1_target@1" },
    { command: "slipway.compute.detach", when: item("compute", "attached"), group: "9_end@1" },
  ],
};

interface Keybinding {
  command: CommandId;
  key: string;
  mac?: string;
  when: string;
}

/** Few, and only where they mean something. Every other action is on the palette. */
export const keybindings: readonly Keybinding[] = [
  {
    command: "slipway.log.search",
    key: "ctrl+shift+f",
    mac: "cmd+shift+f",
    when: "resourceScheme == slipway-log && editorTextFocus",
  },
  {
    command: "slipway.debug.start",
    key: "f5",
    when: "slipway.editorIsJob && editorTextFocus && editorLangId == yaml && debugState == 'inactive' && isWorkspaceTrusted",
  },
  { command: "slipway.job.openPage", key: "enter", when: "focusedView == slipway.jobs && listFocus && !inputFocus" },
  {
    command: "slipway.job.cancel",
    key: "delete",
    mac: "cmd+backspace",
    when: "focusedView == slipway.jobs && listFocus && !inputFocus",
  },
];
