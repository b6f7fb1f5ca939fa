import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../../dist");

/** Why tests of the built program are left out; undefined when they can run. */
export const notBuilt = existsSync(join(dist, "engine/main.js")) ? undefined : "needs `npm run build`";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A home of its own, and the built CLI on it. Every engine that it starts is ended by `remove`. */
export class BuiltHome {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-built-"));
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(options: { below?: string; env?: Record<string, string> } = {}) {
    this.home = join(this.folder, options.below ?? "home");
    this.env = { ...process.env, SLIPWAY_HOME: this.home, SLIPWAY_NODE: process.execPath, ...options.env };
  }

  /** Runs `slipway` to its end, of the build as it is or of one made by {@link otherBuild}. */
  run(
    args: readonly string[],
    options: { bundle?: string; cwd?: string; env?: Record<string, string> } = {},
  ): Promise<Ran> {
    const cli = join(options.bundle ?? dist, "cli/slipway.js");
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [cli, ...args],
        { env: { ...this.env, ...options.env }, cwd: options.cwd ?? this.folder, maxBuffer: 1 << 28 },
        (failure, stdout, stderr) => {
          const code = failure ? (typeof failure.code === "number" ? failure.code : 128) : 0;
          resolve({ code, stdout, stderr });
        },
      );
    });
  }

  async json<T>(args: readonly string[], options: { bundle?: string; cwd?: string } = {}): Promise<T> {
    const { code, stdout, stderr } = await this.run([...args, "-o", "json"], options);
    if (code !== 0) throw new Error(`slipway ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** The same program under another build id; `main` takes the place of the engine's program. */
  otherBuild(build: string, main?: string): string {
    const bundle = join(this.folder, `bundle-${build}`);
    cpSync(dist, bundle, { recursive: true });
    writeFileSync(join(bundle, "build.json"), JSON.stringify({ version: "9.9.9", build }));
    if (main !== undefined) writeFileSync(join(bundle, "engine/main.js"), main);
    return bundle;
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async remove(): Promise<void> {
    await this.run(["engine", "stop"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
