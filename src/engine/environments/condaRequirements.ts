import { broughtByWheels, notPython, pypiNames } from "./condaPackages.ts";
import { parseCondaSpec } from "./condaSpec.ts";
import type { PlannedRequirement, ReportLine } from "./request.ts";
import { normalizeName, parseRequirement } from "./requirement.ts";

/** A conda file's packages, as far as a package index has them. */
export interface CondaRequirements {
  /** `3.8`, `>=3.8,<3.11`; null when the file does not say. */
  python: string | null;
  requirements: PlannedRequirement[];
  report: ReportLine[];
  refusals: string[];
}

/**
 * Maps conda packages to projects of the Python package index. Nothing is dropped in silence: each package becomes a
 * requirement, a report line or a refusal. `programs` are conda's names of programs that the machine has.
 */
export function mapCondaPackages(
  packages: readonly string[],
  context: { mayRelax: boolean; programs: readonly string[] },
): CondaRequirements {
  const result: CondaRequirements = { python: null, requirements: [], report: [], refusals: [] };
  const dropped: string[] = [];
  const builds: string[] = [];
  const mapped: string[] = [];
  for (const text of packages) {
    const spec = parseCondaSpec(text);
    if (spec?.versions === undefined) {
      result.refusals.push(`"${text}" in the conda file has no form that pip knows`);
      continue;
    }
    if (spec.name === "python") {
      result.python = spec.versions.replaceAll("==", "").replaceAll(".*", "") || null;
      continue;
    }
    if (spec.build !== "") builds.push(text);
    if (broughtByWheels.has(spec.name)) dropped.push(text);
    else if (isNotPython(spec.name)) placeProgram(result, text, spec.name, context.programs);
    else {
      const name = pypiNames[spec.name] ?? spec.name;
      const requirement = parseRequirement(`${name}${spec.versions}`, context.mayRelax);
      if (!requirement) result.refusals.push(`"${text}" in the conda file has no form that pip knows`);
      else {
        result.requirements.push(requirement);
        if (normalizeName(name) !== normalizeName(spec.name)) mapped.push(`${spec.name} is ${name}`);
      }
    }
  }
  describe(result, { packages: result.requirements.length, mapped, dropped, builds });
  return result;
}

function isNotPython(name: string): boolean {
  return notPython.has(name) || /^r-|^lib(?!rosa|sass|clang|cst|tmux)|^_|_linux-64$/.test(name);
}

function placeProgram(result: CondaRequirements, text: string, name: string, programs: readonly string[]): void {
  if (programs.includes(name)) {
    result.report.push({
      rule: "program-of-machine",
      wanted: text,
      used: `the machine's own ${name}`,
      why: "conda's programs cannot be installed without conda",
    });
  } else {
    result.refusals.push(
      `"${text}" in the conda file is not a Python package: install it on the machine and take it out of the file`,
    );
  }
}

function describe(
  result: CondaRequirements,
  found: { packages: number; mapped: readonly string[]; dropped: readonly string[]; builds: readonly string[] },
): void {
  if (found.packages > 0) {
    result.report.push({
      rule: "conda-to-pip",
      wanted: `${found.packages} conda package${found.packages === 1 ? "" : "s"}`,
      used: `the same from the Python package index${found.mapped.length > 0 ? ` (${found.mapped.join(", ")})` : ""}`,
      why: "environments are built with uv, without conda",
    });
  }
  if (found.dropped.length > 0) {
    result.report.push({
      rule: "conda-library",
      wanted: found.dropped.join(", "),
      used: "nothing",
      why: "wheels bring these libraries along themselves",
    });
  }
  if (found.builds.length > 0) {
    result.report.push({
      rule: "conda-build",
      wanted: found.builds.join(", "),
      used: "the version without its build",
      why: "a build string names one file of a conda channel",
    });
  }
}
