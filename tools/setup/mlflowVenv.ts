import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The MLflow versions that tests and benchmarks meet, each with the libraries whose autologging is tried. */
const packages = {
  "2.18.0": ["mlflow==2.18.0", "scikit-learn==1.5.2", "xgboost-cpu", "lightgbm"],
  "3.17.2": ["mlflow==3.17.2", "scikit-learn", "xgboost-cpu", "lightgbm"],
} as const;

export type MlflowVersion = keyof typeof packages;
export const mlflowVersions = Object.keys(packages) as MlflowVersion[];

const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway", "test-venvs");

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stderr.slice(-2000)}`);
}

function findPython(): string {
  for (const name of ["python3.11", "python3.12", "python3.10", "python3"]) {
    if (spawnSync(name, ["-c", "import venv, ensurepip"]).status === 0) return name;
  }
  throw new Error("No Python 3 with the venv module was found on PATH.");
}

/** The interpreter of an environment with that MLflow, made when it is not there yet (a minute or two). */
export function mlflowPython(version: MlflowVersion): string {
  const folder = join(cache, `mlflow-${version}`);
  const python = join(folder, "bin", "python");
  const complete = join(folder, ".complete");
  if (existsSync(complete)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  run(findPython(), ["-m", "venv", folder]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages[version]]);
  writeFileSync(complete, "");
  return python;
}
