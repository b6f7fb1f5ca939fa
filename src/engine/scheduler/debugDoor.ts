import type { DebugDoor } from "../compute/runner.ts";
import type { EnvironmentService, ReadyEnvironment } from "../core/ports/environments.ts";
import type { Work, WorkServices } from "./work.ts";

/** An environment, and the door for a debugger where the job asks for one. */
export interface DebuggedEnvironment extends ReadyEnvironment {
  debug?: DebugDoor;
}

/** Folder of an attempt in which its Python programs say where they listen. */
export function debugFolder(attemptFolder: string): string {
  return `${attemptFolder}/debug`;
}

/** Installs the debugger where a job asks for one. The environment itself stays as it is. */
export async function debugDoor(
  work: Work,
  services: WorkServices,
  request: Parameters<EnvironmentService["debugger"]>[0],
): Promise<{ debug?: DebugDoor }> {
  const { debug } = work.plan;
  if (debug === undefined) return {};
  const debugpy = await services.environments.debugger(request);
  return { debug: { folder: debugFolder(work.ref.folder), debugpy, wait_s: debug.waitS } };
}
