import type { Clock } from "#base/clock.ts";
import { CodedError } from "#base/errors.ts";
import type { JobPort } from "#contract/entities/job.ts";
import type { DataInput, DataService } from "#engine/core/ports/data.ts";
import type { PlannedOutput } from "#engine/core/jobPlan.ts";
import type { OnProgress } from "#engine/core/progress.ts";
import type { Mirrors } from "#engine/mirrors/mirrors.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";
import type { Transport } from "#transport/transport.ts";
import type { Inputs } from "./inputs.ts";
import type { Outputs } from "./outputs.ts";

export interface DataPlaneOptions {
  store: Store;
  workspaces: Workspaces;
  mirrors: Mirrors;
  inputs: Inputs;
  outputs: Outputs;
  clock: Clock;
}

/** Data of jobs: inputs found and brought, outputs kept, and who made and used what. */
export class DataPlane implements DataService {
  readonly #options: DataPlaneOptions;

  constructor(options: DataPlaneOptions) {
    this.#options = options;
  }

  async describeInput(request: {
    workspace: string;
    name: string;
    input: DataInput;
  }): Promise<{ note: string; refusal?: string }> {
    try {
      return { note: await this.#options.inputs.describe(request.workspace, request.input) };
    } catch (thrown) {
      if (!(thrown instanceof CodedError) || thrown.status >= 500) throw thrown;
      const refusal = `Input ${request.name}: ${thrown.message}${thrown.next === "" ? "" : ` ${thrown.next}`}`;
      return { note: "not available", refusal };
    }
  }

  /** A literal as the command gets it: a URL below a mirror's prefix becomes the mirror's path, all else stays. */
  async literalValue(workspace: string, value: string): Promise<string> {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
    return (await this.#options.mirrors.resolve(workspace, value)) ?? value;
  }

  async resolveInput(request: {
    workspace: string;
    job: string;
    name: string;
    input: DataInput;
    attemptFolder: string;
    transport: Transport;
    signal: AbortSignal;
    onProgress?: OnProgress;
  }): Promise<{ path: string; port: JobPort }> {
    const { path, port, assetId } = await this.#options.inputs.resolve(request);
    await this.#note(request, "input", port, assetId, "engine");
    return { path, port };
  }

  prepareOutput(request: {
    workspace: string;
    job: string;
    name: string;
    output: PlannedOutput;
    attemptFolder: string;
    transport: Transport;
  }): Promise<{ path: string }> {
    return this.#options.outputs.prepare(request);
  }

  async collectOutput(request: {
    workspace: string;
    job: string;
    name: string;
    output: PlannedOutput;
    path: string;
    actor: string;
    transport: Transport;
  }): Promise<JobPort> {
    const { port, assetId } = await this.#options.outputs.collect(request);
    await this.#note(request, "output", port, assetId, request.actor);
    return port;
  }

  /** Where an output that its YAML gave a place lies on this machine; null for one among its job's artifacts. */
  placeOf(workspace: string, port: JobPort): Promise<string | null> {
    return this.#options.outputs.placeOf(workspace, port);
  }

  async #note(
    request: { workspace: string; job: string; name: string },
    direction: "input" | "output",
    port: JobPort,
    assetId: number | null,
    actor: string,
  ): Promise<void> {
    const { store, workspaces, clock } = this.#options;
    const { id: workspaceId } = await workspaces.row(request.workspace);
    await store.write("noteLineage", {
      workspaceId,
      job: request.job,
      direction,
      port: request.name,
      assetId,
      digest: port.digest ?? null,
      uri: port.path ?? "",
      actor,
      now: clock.now(),
    });
  }
}
