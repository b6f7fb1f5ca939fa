import { createHash } from "node:crypto";
import { Catalogue } from "./catalogue.ts";
import { gather, type Gathered } from "./gather.ts";
import { planKey } from "./planKey.ts";
import { choosePython, type PythonChoice } from "./pythonChoice.ts";
import type {
  EnvironmentFacts,
  EnvironmentPlan,
  EnvironmentRequest,
  Interpreter,
  PlannedRequirement,
  Relax,
  ReportLine,
} from "./request.ts";
import { parseRequirement } from "./requirement.ts";

export interface PlanOptions {
  request: EnvironmentRequest;
  facts: EnvironmentFacts;
  catalogue?: Catalogue;
  /** Default `pins`. */
  relax?: Relax;
}

/**
 * Decides what will be made on a machine, without touching it. What differs from the request stands in `report`, what makes
 * it impossible in `refusals`. Throws `invalid-document` for a malformed conda file.
 */
export function planEnvironment(options: PlanOptions): EnvironmentPlan {
  const { request, facts, relax = "pins" } = options;
  if (request.localPython !== undefined) return planInterpreter(request, facts);
  const mayRelax = relax === "pins";
  const gathered = gather(request, facts, options.catalogue ?? new Catalogue(), mayRelax);
  const choice = choosePython(gathered.python, facts.interpreters, relax);
  const python = describePython(gathered.python, choice);
  const report = [...gathered.report];
  const refusals = [...gathered.refusals];
  reportPython(gathered.python, choice, facts, { report, refusals });
  const requirements = [...gathered.requirements];
  if (gathered.curated) {
    const { requirements: lines, notes } = gathered.curated.requirementsFor(python.version);
    requirements.unshift(...lines.flatMap((line) => parseRequirement(line, mayRelax) ?? []));
    report.push(...notes.map((note) => ({ rule: "curated", ...note })));
  }
  const parts = {
    python,
    requirements: withTools(requirements, gathered, choice, report),
    options: gathered.options,
    constraints: gathered.constraints,
    variables: gathered.variables,
  };
  const key = planKey(parts, facts, gathered.curated !== undefined);
  return { kind: "build", key, label: gathered.label || "environment", ...parts, report, refusals };
}

function describePython(wanted: string | null, { interpreter, exact }: PythonChoice): EnvironmentPlan["python"] {
  return {
    wanted,
    path: interpreter?.path ?? "",
    version: interpreter?.version ?? "",
    source: interpreter?.source ?? "",
    exact,
  };
}

function reportPython(
  wanted: string | null,
  { interpreter, exact }: PythonChoice,
  facts: EnvironmentFacts,
  out: { report: ReportLine[]; refusals: string[] },
): void {
  const has = facts.interpreters.map((one) => one.version).join(", ") || "none";
  if (!interpreter) {
    out.refusals.push(`Python ${wanted ?? "3.8 or newer"} is not on the machine (it has: ${has})`);
  } else if (!exact) {
    out.report.push({
      rule: "python-relaxed",
      wanted: `Python ${wanted}`,
      used: `Python ${interpreter.version} (${interpreter.source})`,
      why: `the machine has no Python ${wanted}, and this is the nearest`,
    });
  } else if (wanted !== null && /^\d+\.\d+\.\d+/.test(wanted) && wanted !== interpreter.version) {
    out.report.push({
      rule: "python-patch",
      wanted: `Python ${wanted}`,
      used: `Python ${interpreter.version} (${interpreter.source})`,
      why: "another patch release of the same minor version",
    });
  }
}

/**
 * Every environment has pip, so that `pip install` in a command works; conda's have setuptools and wheel too. A pinned pip is
 * kept only with the very Python it was pinned for.
 */
function withTools(
  requirements: readonly PlannedRequirement[],
  gathered: Gathered,
  choice: PythonChoice,
  report: ReportLine[],
): PlannedRequirement[] {
  let kept = [...requirements];
  const pinned = kept.filter(({ name, text }) => name === "pip" && text !== "pip");
  if (pinned.length > 0 && !choice.exact) {
    kept = kept.filter(({ name }) => name !== "pip");
    report.push({
      rule: "pip-pin",
      wanted: pinned.map(({ text }) => text).join(", "),
      used: "a pip that runs on the chosen Python",
      why: "it was pinned for another Python",
    });
  }
  const add = (name: string, text: string): void => {
    if (!kept.some((one) => one.name === name)) kept.push({ text, name });
  };
  add("pip", "pip");
  if (gathered.fromConda) {
    // pkg_resources, which older packages import, left setuptools with version 81.
    add("setuptools", "setuptools<81");
    add("wheel", "wheel");
  }
  return kept;
}

/** An interpreter used as it is: nothing is built, a job gets an overlay on it. */
function planInterpreter(request: EnvironmentRequest, facts: EnvironmentFacts): EnvironmentPlan {
  const asked = request.localPython;
  const interpreter: Interpreter | undefined =
    asked === true
      ? facts.interpreters[0]
      : facts.interpreters.find((one) => one.path === asked || `${one.prefix}/bin/python` === asked);
  const path = interpreter?.path ?? (typeof asked === "string" ? asked : "");
  const key = createHash("sha256")
    .update(`interpreter\0${path}\0${interpreter?.version ?? ""}`)
    .digest("hex");
  return {
    kind: "interpreter",
    key: key.slice(0, 32),
    label: request.label ?? `Python ${interpreter?.version ?? ""} (${path})`.replace("  ", " "),
    python: {
      wanted: null,
      path,
      version: interpreter?.version ?? "",
      source: interpreter?.source ?? "setting",
      exact: true,
    },
    requirements: [],
    options: [],
    constraints: [],
    variables: {},
    report: [],
    refusals: path === "" ? ["No Python 3.8 or newer is on the machine"] : [],
  };
}

/**
 * One line each, for the sheet and the log.
 *
 * @internal
 */
export function environmentReport(plan: Pick<EnvironmentPlan, "report">): string[] {
  return plan.report.map(({ rule, wanted, used, why }) => `${rule}: wanted ${wanted}, used ${used} (${why})`);
}
