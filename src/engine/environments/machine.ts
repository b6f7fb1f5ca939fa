import { callTarget, type TargetCall } from "./targetProgram.ts";
import type { EnvironmentFacts } from "./request.ts";

/** A machine and the folder on it in which environments and tools lie. */
export interface EnvironmentHost extends Pick<TargetCall, "transport" | "pythonFolder"> {
  /** Absolute path on the machine. */
  root: string;
  /** The interpreter of the setting, if there is one. */
  pythonSetting?: string;
}

/** Asks the machine which Pythons and programs it has. Takes some 0.3 s: keep the answer. */
export function inspectMachine(host: EnvironmentHost & { signal?: AbortSignal }): Promise<EnvironmentFacts> {
  return callTarget<EnvironmentFacts>({
    ...host,
    pythons: startingPythons(host.pythonSetting),
    request: { verb: "facts", root: host.root, setting: host.pythonSetting ?? null },
  });
}

/**
 * Lets uv download Python `version` into the root's own tools. False when the download cannot be reached; then the plan
 * relaxes. The facts must be asked again after a true.
 */
export async function downloadPython(
  host: EnvironmentHost & {
    version: string;
    facts: EnvironmentFacts;
    onLog?: (bytes: Uint8Array) => void;
    signal?: AbortSignal;
  },
): Promise<boolean> {
  const pythons = host.facts.interpreters.map(({ path }) => path);
  const { downloaded } = await callTarget<{ downloaded: boolean }>({
    ...host,
    pythons: pythons.length > 0 ? pythons : startingPythons(host.pythonSetting),
    request: { verb: "download", root: host.root, version: host.version, pythons },
  });
  return downloaded;
}

/** Where to look for a first Python that can look for the others. */
export function startingPythons(setting: string | undefined): string[] {
  const usual = [
    "python3",
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "/opt/homebrew/bin/python3",
    "/opt/conda/bin/python",
  ];
  return setting === undefined ? usual : [setting, ...usual];
}
