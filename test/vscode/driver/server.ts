import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeServer } from "../../../tools/setup/codeServer.ts";

export interface ServerOptions {
  codeServer: CodeServer;
  /** Holds `data`, `user`, `extensions` (unless given) and `server.log`. */
  folder: string;
  extensionsDir?: string;
  userDataDir?: string;
  env?: Record<string, string>;
  /** Lets the address name extensions under development and their tests. It also keeps notifications from popping up. */
  testDriver?: boolean;
  /** Workspace Trust is off unless a test is about Restricted Mode. */
  restrictedMode?: boolean;
  settings?: Record<string, unknown>;
}

const quietSettings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "telemetry.telemetryLevel": "off",
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.untrustedFiles": "open",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
};

/** VS Code's own server, as code-server packages it. Ended with everything that it started by {@link stop}. */
export class VsCodeServer {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #settingsFile: string;
  #settings: Record<string, unknown>;

  private constructor(options: {
    process: ChildProcess;
    port: number;
    settingsFile: string;
    settings: Record<string, unknown>;
  }) {
    this.#process = options.process;
    this.port = options.port;
    this.#settingsFile = options.settingsFile;
    this.#settings = options.settings;
    process.once("exit", this.#kill);
  }

  static async start(options: ServerOptions): Promise<VsCodeServer> {
    const userDataDir = options.userDataDir ?? join(options.folder, "user");
    const settingsFile = join(userDataDir, "User/settings.json");
    const settings = {
      ...quietSettings,
      "security.workspace.trust.enabled": options.restrictedMode === true,
      ...options.settings,
    };
    mkdirSync(join(userDataDir, "User"), { recursive: true });
    writeFileSync(settingsFile, JSON.stringify(settings, null, 2));
    const child = spawn(
      options.codeServer.node,
      [
        options.codeServer.serverMain,
        ...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms"],
        ...["--telemetry-level", "off", "--disable-getting-started-override"],
        ...(options.testDriver ? ["--enable-smoke-test-driver"] : []),
        ...["--server-data-dir", join(options.folder, "data"), "--user-data-dir", userDataDir],
        ...["--extensions-dir", options.extensionsDir ?? join(options.folder, "extensions")],
        ...(options.restrictedMode ? [] : ["--disable-workspace-trust"]),
      ],
      { env: { ...process.env, ...options.env }, stdio: ["ignore", "pipe", "pipe"], detached: true },
    );
    const port = await listeningPort(child, join(options.folder, "server.log"));
    return new VsCodeServer({ process: child, port, settingsFile, settings });
  }

  /** The address of the workbench on `folder`; `payload` as VS Code's web workbench takes it. */
  url(folder: string, payload: readonly (readonly [string, string])[] = []): string {
    const query = new URLSearchParams({ folder });
    if (payload.length > 0) query.set("payload", JSON.stringify(payload));
    return `http://127.0.0.1:${this.port}/?${query.toString()}`;
  }

  /** A path of this machine as the workbench names it. */
  remoteUri(path: string): string {
    return `vscode-remote://127.0.0.1:${this.port}${path}`;
  }

  /** Changes user settings; an open workbench takes them up when it is loaded again. */
  changeSettings(changed: Record<string, unknown>): void {
    this.#settings = { ...this.#settings, ...changed };
    writeFileSync(this.#settingsFile, JSON.stringify(this.#settings, null, 2));
  }

  async stop(): Promise<void> {
    process.removeListener("exit", this.#kill);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#process.once("exit", () => resolve()));
    this.#kill();
    await gone;
  }

  /** The server leads a process group of its own, which holds the extension hosts and terminals too. */
  readonly #kill = (): void => {
    try {
      if (this.#process.pid !== undefined) process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // already gone
    }
  };
}

/** Waits for the line in which the server names its port. */
function listeningPort(child: ChildProcess, logFile: string): Promise<number> {
  const log = createWriteStream(logFile);
  return new Promise((resolve, reject) => {
    let text = "";
    const deadline = setTimeout(() => fail("was not ready after 60 s"), 60_000);
    const fail = (what: string): void => {
      clearTimeout(deadline);
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      reject(new Error(`VS Code's server ${what}\n${text}`));
    };
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        log.write(chunk);
        if (text.length < 20_000) text += chunk.toString("utf8");
        const port = /listening on (\d+)/.exec(text)?.[1];
        if (port === undefined) return;
        clearTimeout(deadline);
        resolve(Number(port));
      });
    }
  });
}
