import { cpSync, existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { mustRun, root } from "../process/run.ts";

const version = "4.139.1";

/** code-server is VS Code 1.139.1 with its own server, installable from a package registry. */
export interface CodeServer {
  /** The Node that its native parts were built for. */
  node: string;
  /** VS Code's server. */
  serverMain: string;
}

function installFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(cache, "slipway", `code-server-${version}`);
}

/** The installed code-server, or undefined. */
function findCodeServer(): CodeServer | undefined {
  const folder = installFolder();
  const found = {
    node: join(folder, "node/bin/node"),
    serverMain: join(folder, "node_modules/code-server/lib/vscode/out/server-main.js"),
  };
  return existsSync(found.node) && existsSync(found.serverMain) ? found : undefined;
}

/** Node 24 with its headers, as the `node` package brings it. */
function nodeDistribution(): string {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const found = [join(root, "node_modules/node/node_modules", name), join(root, "node_modules", name)].find(existsSync);
  if (found === undefined) throw new Error(`The package ${name} is not installed: run npm ci`);
  return found;
}

/** Installs code-server once for this user (about two minutes): into a folder beside its place, then renamed. */
export async function ensureCodeServer(): Promise<CodeServer> {
  const known = findCodeServer();
  if (known !== undefined) return known;
  const folder = installFolder();
  process.stdout.write(`setup: installing code-server ${version} into ${folder} (about two minutes)\n`);
  await mkdir(dirname(folder), { recursive: true });
  const building = await mkdtemp(`${folder}.`);
  try {
    cpSync(nodeDistribution(), join(building, "node"), { recursive: true });
    await writeFile(join(building, "package.json"), '{ "private": true }\n');
    await mustRun(["npm", "install", `code-server@${version}`, "--foreground-scripts", "--no-audit", "--no-fund"], {
      cwd: building,
      env: {
        PATH: `${join(building, "node/bin")}:${process.env["PATH"] ?? ""}`,
        npm_config_nodedir: join(building, "node"),
        // An npm around this one says here which Node runs it, and code-server's installer believes it.
        npm_config_user_agent: undefined,
      },
      timeoutSeconds: 1200,
    });
    if (!findCodeServer()) await rename(building, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  const installed = findCodeServer();
  if (installed === undefined) throw new Error(`code-server was installed, but its server is not in ${folder}`);
  return installed;
}
