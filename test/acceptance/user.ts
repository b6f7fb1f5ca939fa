import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BuiltHome, notBuilt, type Ran } from "../cli/built.ts";

/** A job as `job show` prints it. */
export interface ShownJob {
  name: string;
  status: string;
  type: string;
  display_name: string;
  experiment_name: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, { type: string; mode: string; path: string }>;
  tags: Record<string, string>;
}

/** All cases share one environment: built once, a plain Python, as for any image that is not known. */
const environment = "environment: { image: python }\n";

/** Somebody with the built program, a home and a folder of job files. */
export class User {
  readonly home = new BuiltHome();
  readonly folder = join(this.home.folder, "my project");

  files(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  run(...args: string[]): Promise<Ran> {
    return this.home.run(args, { cwd: this.folder });
  }

  /** A result's JSON; a command that fails is a failed test. */
  json<T>(...args: string[]): Promise<T> {
    return this.home.json<T>(args, { cwd: this.folder });
  }

  /** Submits a YAML file of these lines and follows it to its end. `log` is what its program wrote. */
  async job(name: string, yaml: string, ...more: string[]): Promise<{ job: ShownJob; log: string; code: number }> {
    this.files({ [`${name}.yml`]: yaml.trimStart() + (yaml.includes("\nenvironment:") ? "" : environment) });
    const args = ["job", "create", "--file", `${name}.yml`, "--name", name, "--stream", "-o", "json", ...more];
    const { code, stdout, stderr } = await this.run(...args);
    if (stdout === "") throw new Error(stderr);
    const { stdout: log } = await this.run("job", "stream", "--name", name);
    return { job: JSON.parse(stdout) as ShownJob, log, code };
  }
}

export { notBuilt };
