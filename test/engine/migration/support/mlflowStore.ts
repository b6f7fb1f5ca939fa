import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { mlflowPython, type MlflowVersion } from "../../../../tools/setup/mlflowVenv.ts";
import { token } from "../../../mlflow/support/trackingServer.ts";

const programs = join(import.meta.dirname, "../programs");

/** Runs one of the programs with an unmodified MLflow in a folder. */
export async function runMlflow(
  version: MlflowVersion,
  program: "make_store.py" | "describe_store.py",
  folder: string,
  uri: string,
): Promise<string> {
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    MLFLOW_ALLOW_FILE_STORE: "true",
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
    GIT_PYTHON_REFRESH: "quiet",
    OMP_NUM_THREADS: "1",
  };
  const args = [join(programs, program), uri];
  const { stdout } = await promisify(execFile)(mlflowPython(version), args, { cwd: folder, env, maxBuffer: 1e8 });
  return stdout.trim().split("\n").at(-1) ?? "";
}

export async function describeStore(version: MlflowVersion, folder: string, uri: string): Promise<unknown> {
  return JSON.parse(await runMlflow(version, "describe_store.py", folder, uri)) as unknown;
}
