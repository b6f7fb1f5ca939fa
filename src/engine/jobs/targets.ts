import type { Transport } from "#transport/transport.ts";
import type { Runner } from "../compute/runner.ts";

/** A machine that jobs run on. */
export interface Target {
  name: string;
  runner: Runner;
  transport: Transport;
  /** Slipway's folder on the target. */
  root: string;
  /** Jobs at a time; null = as many as the machine has cores. */
  concurrency: number | null;
}

/** The machines that the engine reaches. */
export interface Targets {
  /** The target for a compute name of a YAML file; null (and names that no target has) is the workspace's default. */
  resolve(workspace: string, compute: string | null): Promise<{ target: Target; fallbackFor: string | null }>;
  get(name: string): Target | undefined;
}
