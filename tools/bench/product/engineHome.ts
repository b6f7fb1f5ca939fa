import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect, type SlipwayClient } from "../../../src/client/index.ts";
import { root } from "../../process/run.ts";

const program = join(root, "dist/cli/slipway.js");

/** The built product on a home of its own, and a folder beside it for what is submitted. */
export interface EngineHome {
  home: string;
  /** For job files and code; removed with the home. */
  files: string;
  client: SlipwayClient;
  pid: number;
  /** Runs the built CLI on this home and answers with its standard output. Throws with its words when it fails. */
  slipway(...args: string[]): Promise<string>;
  dispose(): void;
}

/** Starts the engine as a user starts it. Needs `npm run build`. */
export async function openEngineHome(name: string): Promise<EngineHome> {
  if (!existsSync(program)) throw new Error("Run `npm run build` first.");
  const folder = mkdtempSync(join(tmpdir(), `slipway-bench-${name}-`));
  const [home, files] = [join(folder, "home"), join(folder, "files")];
  mkdirSync(files);
  const env = { ...process.env, SLIPWAY_HOME: home };
  const slipway = async (...args: string[]): Promise<string> => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [output, words, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code !== 0) throw new Error(`slipway ${args.join(" ")} ended with ${code}\n${words}`);
    return output;
  };
  const remove = (): void => {
    spawnSync(process.execPath, [program, "engine", "stop"], { env });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await slipway("engine", "start");
    const client = await connect({ home, start: false });
    const dispose = (): void => {
      client.dispose();
      remove();
    };
    return { home, files, client, pid: client.engine.pid, slipway, dispose };
  } catch (failure) {
    remove();
    throw failure;
  }
}
