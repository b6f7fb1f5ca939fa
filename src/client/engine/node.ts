import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { slipwayError } from "#contract/errors.ts";

/** The oldest Node that an engine runs on. */
const oldestMajor = 22;

export interface FoundNode {
  path: string;
  version: string;
  /** True for VS Code's own executable, which must be told to be Node. */
  electron: boolean;
}

/**
 * The Node to run the engine on: the one that the user names, else the PATH's, else one beside the bundle, else the
 * one that runs this program. Throws `tool-not-found` with what was looked at.
 */
export async function findNode(options: {
  /** The setting, or SLIPWAY_NODE. Used or refused, never passed over. */
  chosen?: string | undefined;
  /** The folder of the bundle. */
  bundle: string;
  env?: NodeJS.ProcessEnv;
}): Promise<FoundNode> {
  const env = options.env ?? process.env;
  const chosen = options.chosen || env["SLIPWAY_NODE"];
  if (chosen) {
    const found = await ask(chosen);
    if (found && isNewEnough(found.version)) return found;
    throw slipwayError(
      "tool-not-found",
      found
        ? `${chosen} is Node ${found.version}; the engine needs Node ${oldestMajor} or newer.`
        : `${chosen} is no Node.`,
      { next: "Mend SLIPWAY_NODE (or the setting slipway.engine.nodePath), or unset it to let Slipway look." },
    );
  }
  const looked: string[] = [];
  for (const path of await candidates(options.bundle, env)) {
    const found = await ask(path);
    if (found && isNewEnough(found.version)) return found;
    looked.push(found ? `${path} (${found.version})` : path);
  }
  throw slipwayError("tool-not-found", `The engine needs Node ${oldestMajor} or newer; found ${looked.join(", ")}.`, {
    next: `Install Node ${oldestMajor} or newer, or name one in SLIPWAY_NODE (in VS Code: the setting slipway.engine.nodePath).`,
  });
}

async function candidates(bundle: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const places = [
    ...(env["PATH"] ?? "").split(delimiter).map((folder) => folder && join(folder, "node")),
    join(bundle, "node_modules/node/bin/node"),
    join(dirname(bundle), "node_modules/node/bin/node"),
  ];
  const present = await Promise.all(places.map(async (path) => (path && (await isExecutable(path)) ? path : "")));
  return [...new Set([...present.filter(Boolean), process.execPath])];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What an executable says of itself; version managers' shims name the real one. */
function ask(path: string): Promise<FoundNode | undefined> {
  const script = "console.log(JSON.stringify([process.execPath,process.versions.node,!!process.versions.electron]))";
  return new Promise((resolve) => {
    const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
    delete env["NODE_OPTIONS"];
    execFile(path, ["-e", script], { env, timeout: 10_000 }, (failure, stdout) => {
      if (failure) return resolve(undefined);
      try {
        const [execPath, version, electron] = JSON.parse(stdout) as [string, string, boolean];
        resolve({ path: execPath, version, electron });
      } catch {
        resolve(undefined);
      }
    });
  });
}

function isNewEnough(version: string): boolean {
  return Number(version.split(".")[0]) >= oldestMajor;
}
