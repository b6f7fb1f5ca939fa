import { compareVersions, minorOf, satisfies } from "./pythonVersion.ts";
import type { Interpreter, Relax } from "./request.ts";

export interface PythonChoice {
  interpreter: Interpreter | undefined;
  /** False when another minor version than wanted was taken. */
  exact: boolean;
}

/** The launcher and current packages need at least this, where nothing else is asked. */
const oldestDefault = "3.8";

/**
 * Chooses the Python for `wanted` (null: nothing asked). An interpreter of the wanted minor version wins, the better source
 * first; else, if `relax` allows, the nearest minor version, the newer one of two equally near.
 */
export function choosePython(wanted: string | null, interpreters: readonly Interpreter[], relax: Relax): PythonChoice {
  // Somebody's virtual environment is no base for others, unless the user said so.
  const usable = interpreters.filter((one) => !one.virtual || one.source === "setting");
  if (wanted === null) {
    const interpreter = usable.find((one) => compareVersions(one.version, oldestDefault) >= 0);
    return { interpreter, exact: true };
  }
  const exact =
    usable.find((one) => satisfies(one.version, wanted)) ??
    usable.find((one) => isPlain(wanted) && minorOf(one.version) === minorOf(wanted));
  if (exact) return { interpreter: exact, exact: true };
  if (relax === "off") return { interpreter: undefined, exact: false };
  const aim = aimOf(wanted);
  const ranked = usable
    .map((interpreter) => ({ interpreter, distance: distance(interpreter.version, aim) }))
    .filter(({ distance: away }) => Number.isFinite(away))
    .sort((a, b) => a.distance - b.distance);
  return { interpreter: ranked[0]?.interpreter, exact: false };
}

function isPlain(wanted: string): boolean {
  return /^(={1,3})?\s*\d+\.\d+(\.\d+)*(\.\*)?$/.test(wanted);
}

/** The version that a specifier is about: its lower bound, else its first version. */
function aimOf(wanted: string): string {
  return (/(?:>=?|~=|==?)\s*([\d.]+)/.exec(wanted) ?? /([\d.]+)/.exec(wanted))?.[1] ?? "3.10";
}

/** Minor versions between; half a step more for an older one. */
function distance(version: string, aim: string): number {
  const [major = 0, minor = 0] = minorOf(version).split(".").map(Number);
  const [aimMajor = 0, aimMinor = 0] = minorOf(aim).split(".").map(Number);
  if (major !== aimMajor) return Number.POSITIVE_INFINITY;
  return minor >= aimMinor ? minor - aimMinor : aimMinor - minor + 0.5;
}
