import type { EnvironmentHost } from "./machine.ts";
import { startingPythons } from "./machine.ts";
import { callTarget } from "./targetProgram.ts";

/** An environment as it lies on a machine. */
export interface StoredEnvironment {
  key: string;
  path: string;
  label: string;
  python_version: string;
  /** False for what an interrupted build left. */
  complete: boolean;
  /** Bytes on disk; files shared with the package cache count as their part. */
  bytes: number;
  /** Seconds since the epoch. */
  created: number;
  used: number;
}

export async function listEnvironments(host: EnvironmentHost): Promise<StoredEnvironment[]> {
  const { environments } = await callTarget<{ environments: StoredEnvironment[] }>({
    ...host,
    pythons: startingPythons(host.pythonSetting),
    request: { verb: "list", root: host.root },
  });
  return environments;
}

/**
 * Removes environments and returns the bytes freed. One that is being built, or was used after `unusedSince` (seconds since the
 * epoch), stays. The caller leaves out the keys of jobs that are queued or running.
 */
export async function removeEnvironments(
  host: EnvironmentHost & { keys: readonly string[]; unusedSince?: number },
): Promise<number> {
  const { freed } = await callTarget<{ freed: Record<string, number> }>({
    ...host,
    pythons: startingPythons(host.pythonSetting),
    request: { verb: "remove", root: host.root, keys: host.keys, unused_since: host.unusedSince ?? null },
  });
  return Object.values(freed).reduce((sum, bytes) => sum + bytes, 0);
}

/** Lets uv forget what no environment can need any more, and returns the bytes freed; 0 where there is no uv. */
export async function pruneCache(host: EnvironmentHost): Promise<number> {
  const { freed } = await callTarget<{ freed: number }>({
    ...host,
    pythons: startingPythons(host.pythonSetting),
    request: { verb: "prune", root: host.root },
  });
  return freed;
}
