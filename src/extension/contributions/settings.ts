/** A setting as VS Code's manifest takes it; every one has a default. */
interface SettingContribution {
  type: "string" | "number" | "boolean" | "array" | "object";
  default: unknown;
  markdownDescription: string;
  scope: "machine-overridable" | "resource" | "window" | "machine";
  /** Ignored in Restricted Mode when it comes from the folder. */
  restricted?: true;
  enum?: readonly string[];
  enumDescriptions?: readonly string[];
  minimum?: number;
  items?: { type: "string" };
  additionalProperties?: { type: "string" } | { type: "array"; items: { type: "string" } };
}

export const settings = {
  "slipway.workspace": {
    type: "string",
    default: "",
    scope: "resource",
    markdownDescription: "The Slipway workspace that jobs of this folder go to. Empty: the engine's default.",
  },
  "slipway.home": {
    type: "string",
    default: "",
    scope: "machine-overridable",
    restricted: true,
    markdownDescription: "The folder that holds engine, store and caches (`SLIPWAY_HOME`). Empty: `~/.slipway`.",
  },
  "slipway.engine.nodePath": {
    type: "string",
    default: "",
    scope: "machine-overridable",
    restricted: true,
    markdownDescription: "The Node.js (22 or newer) that runs the engine. Empty: the one on PATH, else VS Code's own.",
  },
  "slipway.engine.idleMinutes": {
    type: "number",
    default: 30,
    minimum: 1,
    scope: "machine",
    markdownDescription: "The engine ends after so many minutes in which nothing ran and nobody asked.",
  },
  "slipway.engine.allowedHosts": {
    type: "array",
    items: { type: "string" },
    default: [],
    scope: "machine",
    markdownDescription:
      "Host names, besides localhost, under which MLflow clients may reach the engine (a proxy, a forwarded name).",
  },
  "slipway.engine.dataHosts": {
    type: "array",
    items: { type: "string" },
    default: [],
    scope: "machine",
    markdownDescription:
      "Host names with addresses of this machine or its network that inputs may be downloaded from (`SLIPWAY_DATA_HOSTS`). Every public host may.",
  },
  "slipway.python.path": {
    type: "string",
    default: "",
    scope: "machine-overridable",
    restricted: true,
    markdownDescription:
      "The interpreter for plain scripts and for jobs that name no environment. Empty: the Python extension's choice, else `python3` on PATH.",
  },
  "slipway.environment.runtime": {
    type: "string",
    default: "auto",
    enum: ["auto", "container", "python"],
    enumDescriptions: [
      "In the environment's image where podman or docker has it or its registry answers, else in a Python environment.",
      "In the environment's image or not at all.",
      "Always in a Python environment.",
    ],
    scope: "machine-overridable",
    markdownDescription: "Where jobs run whose environment names an image or a build context.",
  },
  "slipway.submit.sheet": {
    type: "string",
    default: "always",
    enum: ["always", "whenNeeded"],
    enumDescriptions: [
      "Show what will be sent, the environment and the target before each submit.",
      "Show the sheet only when something has to be answered.",
    ],
    scope: "window",
    markdownDescription: "When ▶ shows the sheet of a submit.",
  },
  "slipway.jobs.notify": {
    type: "string",
    default: "failed",
    enum: ["never", "failed", "always"],
    enumDescriptions: [
      "No notifications; the badge of the Jobs view counts.",
      "Only when a job of yours has failed.",
      "Whenever a job of yours has ended.",
    ],
    scope: "window",
    markdownDescription: "When the end of a job is told by a notification.",
  },
  "slipway.log.windowMegabytes": {
    type: "number",
    default: 5,
    minimum: 1,
    scope: "window",
    markdownDescription:
      "How much of the end of a log its editor holds. The whole log is searched by the engine and kept as a file.",
  },
  "slipway.log.windowLines": {
    type: "number",
    default: 50000,
    minimum: 100,
    scope: "window",
    markdownDescription:
      "How many lines of the end of a log its editor holds, see also `#slipway.log.windowMegabytes#`.",
  },
  "slipway.mirrors": {
    type: "object",
    additionalProperties: { type: "string" },
    default: {},
    scope: "machine-overridable",
    restricted: true,
    markdownDescription:
      "URL prefix → folder: inputs whose URL begins with the prefix are read from the folder, for machines without internet.",
  },
  "slipway.tests.smoke": {
    type: "object",
    additionalProperties: { type: "array", items: { type: "string" } },
    default: {},
    scope: "resource",
    markdownDescription:
      'Job files that have a smoke run in the Testing view: path in the folder → the `--set` pairs that make it small, as `{ "jobs/train.yml": ["inputs.epochs=1"] }`. An empty list runs the file as it is.',
  },
  "slipway.terminal.addToPath": {
    type: "boolean",
    default: true,
    scope: "window",
    markdownDescription: "Put `slipway` on the PATH of integrated terminals.",
  },
} as const satisfies Record<`slipway.${string}`, SettingContribution>;

export type SettingId = keyof typeof settings;
