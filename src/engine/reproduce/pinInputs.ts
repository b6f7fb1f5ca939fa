import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { JobPort } from "#contract/entities/job.ts";
import type { DataInput } from "../core/ports/data.ts";
import type { PlannedInput } from "../core/jobPlan.ts";
import type { RunRecord } from "./record.ts";

/** The content of an input as it is now; null when it cannot be told. */
export type DigestOf = (workspace: string, input: DataInput) => Promise<string | null>;

/**
 * The inputs of a run as they were: an asset by the version that it had. Throws `input-unavailable` that names every input
 * which is gone or holds something else now.
 */
export async function pinInputs(
  { row, plan }: Pick<RunRecord, "row" | "plan">,
  digestOf: DigestOf,
): Promise<Record<string, PlannedInput>> {
  const ports = JSON.parse(row.inputs) as Record<string, JobPort>;
  const faults: string[] = [];
  const pinned = await Promise.all(
    Object.entries(plan.inputs).map(async ([name, input]): Promise<[string, PlannedInput]> => {
      if (input.kind === "literal") return [name, input];
      const port = ports[name] ?? {};
      const exact = port.name && port.version ? { ...input, path: `azureml:${port.name}:${port.version}` } : input;
      const fault = await faultOf(row.workspace, name, exact, port, digestOf);
      if (fault !== undefined) faults.push(fault);
      return [name, exact];
    }),
  );
  if (faults.length > 0) {
    throw slipwayError("input-unavailable", `${row.name} cannot be reproduced: ${faults.join(" ")}`, {
      next: "Bring back the data that the run read, or clone the run and choose other data.",
      details: { inputs: faults },
    });
  }
  return Object.fromEntries(pinned);
}

async function faultOf(
  workspace: string,
  name: string,
  input: DataInput,
  port: JobPort,
  digestOf: DigestOf,
): Promise<string | undefined> {
  try {
    const now = await digestOf(workspace, input);
    if (now === null || port.digest === undefined || now === port.digest) return undefined;
    return `The input ${name} (${input.path}) was changed: the run read ${short(port.digest)}, there is ${short(now)} now.`;
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.status >= 500) throw thrown;
    return `The input ${name} is missing. ${thrown.message}`;
  }
}

function short(digest: string): string {
  return digest.replace(/^sha256:/u, "").slice(0, 12);
}
