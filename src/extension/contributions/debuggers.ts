const program = {
  justMyCode: {
    type: "boolean",
    default: true,
    markdownDescription: "Stop only in your own code, not in packages.",
  },
  redirectOutput: {
    type: "boolean",
    default: true,
    markdownDescription: "Show the programs' output in the debug console as well. The job's log has it in any case.",
  },
  subProcess: {
    type: "boolean",
    default: true,
    markdownDescription: "Debug the child processes of a program too.",
  },
};

const launch = {
  type: "slipway",
  request: "launch",
  name: "Debug job.yml",
  file: "${workspaceFolder}/job.yml",
};

/** `launch.json`: our debugger. It claims no language, so F5 in a Python file stays with whoever has it. */
export const debuggerContribution = {
  type: "slipway",
  label: "Slipway job",
  configurationAttributes: {
    launch: {
      required: ["file"],
      properties: {
        file: { type: "string", markdownDescription: "The job YAML or Python script to run." },
        waitSeconds: {
          type: "number",
          default: 30,
          minimum: 0,
          maximum: 3600,
          markdownDescription:
            "How long each Python program waits for the debugger before its first line. After that it starts without one.",
        },
        ...program,
      },
    },
    attach: {
      properties: {
        job: { type: "string", markdownDescription: "The name of the running job. Empty: it is picked from a list." },
        pid: {
          type: "number",
          markdownDescription:
            "One Python program of the job. Empty: those that listen, or all of a job that was not started for debugging.",
        },
        ...program,
      },
    },
  },
  initialConfigurations: [launch],
  configurationSnippets: [
    {
      textKey: "debugJob",
      label: "Slipway: Debug a job",
      description: "Starts a job YAML as a tracked run and stops at breakpoints.",
      body: { ...launch, file: '^"\\${workspaceFolder}/${1:job.yml}"' },
    },
    {
      textKey: "debugScript",
      label: "Slipway: Debug the open script",
      description: "Starts the open Python file as a tracked run and stops at breakpoints.",
      body: { ...launch, name: "Debug script as a job", file: '^"\\${file}"' },
    },
    {
      textKey: "attach",
      label: "Slipway: Attach to a running job",
      description: "Attaches to the Python programs of a job that runs.",
      body: { type: "slipway", request: "attach", name: "Attach to a job" },
    },
  ],
};
