import type * as vscode from "vscode";

/** Our debugger's type in `launch.json`. */
export const debugType = "slipway";

/** F5 on a job YAML or a script: a tracked run whose Python programs stop at breakpoints. */
export interface LaunchConfiguration extends vscode.DebugConfiguration {
  request: "launch";
  /** Absolute path of the job YAML or script. */
  file: string;
  /** Seconds that each program waits for the debugger before its first line. */
  waitSeconds?: number;
}

/** A debugger for a job that runs already. */
export interface AttachConfiguration extends vscode.DebugConfiguration {
  request: "attach";
  /** The job's name. */
  job: string;
  /** One program of it, to be entered by ptrace; all when left out, for a job that was not started with `debug`. */
  pid?: number;
}

/** One Python program of a job; made by us, never written by hand. */
interface ProgramConfiguration extends vscode.DebugConfiguration {
  request: "attach";
  connect: { host: string; port: number };
}

export function isLaunch(configuration: vscode.DebugConfiguration): configuration is LaunchConfiguration {
  return configuration.request === "launch";
}

export function isProgram(configuration: vscode.DebugConfiguration): configuration is ProgramConfiguration {
  const { connect } = configuration as { connect?: unknown };
  return configuration.request === "attach" && typeof connect === "object" && connect !== null && "port" in connect;
}

/** What debugpy is told, wherever it stands in the configuration of the job's own session. */
export const programKeys = [
  "justMyCode",
  "redirectOutput",
  "subProcess",
  "django",
  "jinja",
  "rules",
  "steppingResumesAllThreads",
];
