/** `tasks.json`: the tasks of type `slipway`. */
export const taskDefinitions = [
  {
    type: "slipway",
    required: ["file"],
    properties: {
      command: {
        type: "string",
        enum: ["run", "validate"],
        enumDescriptions: [
          "Submits the file, shows its log, and ends as the job ends.",
          "Checks the job YAML and lists its problems.",
        ],
        default: "run",
        description: "What is done with the file.",
      },
      file: {
        type: "string",
        description: "The job YAML or Python script, relative to the folder of tasks.json or absolute.",
      },
      inputs: {
        type: "object",
        description:
          'Values of the job\'s inputs, by name; for an input with a path an object, as { "path": "./small.csv" }. Paths are relative to the job YAML.',
      },
      set: {
        type: "array",
        items: { type: "string" },
        default: [],
        description: "Values to set in the document, as --set takes them: path.to.key=value.",
      },
      workspace: {
        type: "string",
        description: "The Slipway workspace. Empty: the one that the views show.",
      },
      python: {
        type: "string",
        description: "The interpreter for a script or a job without an environment.",
      },
      allowHome: {
        type: "boolean",
        default: false,
        description: "Send a home folder or a file system's root as code.",
      },
      allowSecrets: {
        type: "boolean",
        default: false,
        description: "Send files that look like secrets.",
      },
      skipParentIgnored: {
        type: "boolean",
        default: false,
        description: "Also skip what a parent folder's ignore file would skip.",
      },
    },
  },
];

const fileLocation = ["autoDetect", "${workspaceFolder}"];

/** How problems are read from the output of tasks: ours, and any other that runs the CLI or Python. */
export const problemMatchers = [
  {
    name: "slipway",
    label: "Slipway: problems of job files",
    owner: "slipway-task",
    source: "slipway",
    fileLocation,
    pattern: {
      regexp: "^(.+?):(\\d+):(\\d+): (error|warning|info): (.*) \\[([a-z-]+)\\]$",
      file: 1,
      line: 2,
      column: 3,
      severity: 4,
      message: 5,
      code: 6,
    },
  },
  {
    name: "slipway-python",
    label: "Slipway: the line at which a Python program failed",
    owner: "slipway-python",
    source: "python",
    fileLocation,
    severity: "error",
    // The last frame and the error below it. Frames whose source is shown between do not match.
    pattern: [
      { regexp: '^ {2}File "(.+)", line (\\d+)(?:, in .+)?$', file: 1, line: 2 },
      { regexp: "^([A-Za-z_][\\w.]*(?::.*)?)$", message: 1 },
    ],
  },
];
