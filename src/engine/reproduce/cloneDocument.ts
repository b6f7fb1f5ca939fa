import { Document, parse, Scalar } from "yaml";
import { slipwayError } from "#contract/errors.ts";
import type { LoadedEnvironmentField, Override } from "#spec/index.ts";
import type { JobPlan, PlannedInput } from "../core/jobPlan.ts";
import type { JobRow } from "../store/queries/jobs.ts";

/** Properties that a submit makes by itself. */
const madeProperty = /^(?:azureml\.git\.|slipway\.|ContentSnapshotId$)/u;

/** Stands for what an interpreter that is used as it is has: any image will do, the packages are listed. */
const plainImage = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";

/**
 * The job file that a recorded job would be submitted from: paths are absolute, literals are written so that they print as
 * they did. `code` is a folder to send, or null for none.
 */
export function cloneDocument(parts: {
  row: JobRow;
  plan: JobPlan;
  lock: string | null;
  code: string | null;
  overrides?: readonly Override[];
}): string {
  const { row, plan, code } = parts;
  const { shown } = plan;
  const content = {
    $schema: "https://azuremlschemas.azureedge.net/latest/commandJob.schema.json",
    display_name: row.display_name,
    experiment_name: row.experiment_name,
    description: row.description ?? undefined,
    tags: unlessEmpty(without(JSON.parse(row.tags) as Record<string, string>, /^slipway\./u)),
    properties: unlessEmpty(without(JSON.parse(row.properties) as Record<string, string>, madeProperty)),
    command: plan.command,
    code: code ?? undefined,
    inputs: unlessEmpty(mapValues(plan.inputs, inputOf)),
    outputs: unlessEmpty(
      mapValues(plan.outputs, ({ type, mode, path, name }) => ({
        ...{ type, mode },
        ...(path === null ? {} : { path }),
        // Without its version: that one is taken.
        ...(name === null ? {} : { name }),
      })),
    ),
    environment_variables: unlessEmpty(plan.environmentVariables),
    environment: environmentOf(plan.environment.asked, parts),
    compute: `azureml:${row.compute}`,
    resources: shown.resources ?? undefined,
    limits: shown.limits ?? undefined,
    distribution: shown.distribution ?? undefined,
    identity: shown.identity ?? undefined,
    queue_settings: shown.queue_settings ?? undefined,
  };
  // Azure's loader reads YAML 1.1, where `yes` is a boolean: such texts are quoted.
  const document = new Document(content, { version: "1.1" });
  for (const change of parts.overrides ?? []) {
    if (!("set" in change)) continue;
    const { set, value } = change;
    document.setIn(
      set,
      document.createNode(set[0] === "inputs" && typeof value === "string" ? literalOf(value) : value),
    );
  }
  return document.toString({ lineWidth: 0 });
}

function inputOf(input: PlannedInput): unknown {
  if (input.kind === "literal") return literalOf(input.value);
  return { type: input.type, path: input.path, mode: input.mode };
}

/** A number or boolean where Python prints the very text for it, else text. */
function literalOf(text: string): unknown {
  if (text === "True" || text === "False") return text === "True";
  if (/^-?(?:0|[1-9]\d{0,14})$/u.test(text) && text !== "-0") return Number(text);
  const [, fraction] = /^-?(?:0|[1-9]\d{0,8})\.(\d{1,8})$/u.exec(text) ?? [];
  if (fraction === undefined || (fraction.endsWith("0") && fraction !== "0") || /^-?0\.0000/u.test(text)) return text;
  const scalar = new Scalar(Number(text));
  scalar.minFractionDigits = fraction.length;
  return scalar;
}

function environmentOf(asked: LoadedEnvironmentField | null | undefined, { row, plan, lock }: Sources): unknown {
  if (asked?.kind === "reference") return asked.given;
  if (asked?.kind === "inline") {
    const { image, conda, build, osType } = asked;
    return {
      ...(image === undefined ? {} : { image }),
      ...(conda === undefined ? {} : { conda_file: parse(conda.text, { version: "1.1" }) as unknown }),
      ...(build === undefined ? {} : { build: { path: build.path, dockerfile_path: build.dockerfilePath } }),
      ...(osType === undefined ? {} : { os_type: osType }),
    };
  }
  if (lock === null) {
    throw slipwayError("conflict", `The packages of ${row.name} were never recorded: it ended before its start.`, {
      next: "Submit its job file again.",
    });
  }
  const python = /^\d+\.\d+/u.exec(plan.environment.python ?? "")?.[0] ?? "3";
  const pip = lock.match(/^[A-Za-z0-9][^\s#;\\]*==[^\s#;\\]+/gmu) ?? [];
  return {
    image: plainImage,
    conda_file: { name: "recorded", dependencies: [`python=${python}`, "pip", ...(pip.length > 0 ? [{ pip }] : [])] },
  };
}

type Sources = Pick<Parameters<typeof cloneDocument>[0], "row" | "plan" | "lock">;

function without(record: Record<string, string>, keys: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.test(key)));
}

function unlessEmpty<T>(record: Record<string, T>): Record<string, T> | undefined {
  return Object.keys(record).length > 0 ? record : undefined;
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
