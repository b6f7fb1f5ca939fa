import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshPlaces } from "#transport/ssh/config/hostSettings.ts";

const tools = ["/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/unshare", "/usr/bin/setpriv", "/usr/sbin/ip"];

/** Why hosts in network namespaces cannot be made on this machine; undefined when they can. */
export function whyNoHosts(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs Linux and root, for network namespaces";
  const missing = tools.find((tool) => !existsSync(tool));
  if (missing !== undefined) return `needs ${missing} (npm run setup)`;
  try {
    execFileSync("unshare", ["-n", "-m", "-p", "-f", "true"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "needs the right to make namespaces";
  }
}

interface HostOptions {
  /** Lines of sshd_config that go before the usual ones. */
  sshd?: string[];
  /** Shell lines that run before the server starts. */
  before?: string[];
}

/** A person's ssh files, and hosts that let that person in. Everything ends with the process that made it. */
export class Hosts {
  readonly root: string;
  readonly hosts: Host[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Hosts> {
    removeStrayLinks();
    const root = await realpath(await mkdtemp(join(tmpdir(), "slipway-ssh-")));
    const hosts = new Hosts(root);
    await mkdir(join(hosts.home, ".ssh"), { recursive: true, mode: 0o700 });
    keygen(join(hosts.home, ".ssh/id_ed25519"));
    return hosts;
  }

  /** Home folder of the person that connects. */
  get home(): string {
    return join(this.root, "home");
  }

  get places(): SshPlaces {
    return { home: this.home, system: join(this.root, "etc") };
  }

  async start(name: string, options: HostOptions = {}): Promise<Host> {
    const host = new Host(name, join(this.root, name), options);
    this.hosts.push(host);
    await mkdir(join(host.home, ".ssh"), { recursive: true, mode: 0o700 });
    await copyFile(join(this.home, ".ssh/id_ed25519.pub"), join(host.home, ".ssh/authorized_keys"));
    keygen(join(host.folder, "host_key"));
    await host.boot();
    return host;
  }

  /** Takes a host's key as known, under the name that its address gives it. */
  async know(host: Host): Promise<void> {
    const [type, key] = (await readFile(join(host.folder, "host_key.pub"), "utf8")).split(" ");
    await writeFile(join(this.home, ".ssh/known_hosts"), `${host.address} ${type} ${key}\n`, { flag: "a" });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.powerOff()));
    await rm(this.root, { recursive: true, force: true });
  }
}

/** A machine with its own network, processes and home of root: `folder/home`. */
export class Host {
  readonly name: string;
  readonly folder: string;
  readonly #options: HostOptions;
  readonly #net = `10.${64 + Math.floor(Math.random() * 64)}.${Math.floor(Math.random() * 250)}`;
  #link = "";
  #process: ChildProcess | undefined;

  constructor(name: string, folder: string, options: HostOptions) {
    this.name = name;
    this.folder = folder;
    this.#options = options;
  }

  get address(): string {
    return `${this.#net}.2`;
  }

  get home(): string {
    return join(this.folder, "home");
  }

  /** The key as `ssh-keygen -l` names it. */
  fingerprint(): string {
    const words = execFileSync("ssh-keygen", ["-lf", join(this.folder, "host_key.pub")], { encoding: "utf8" }).split(
      " ",
    );
    return words[1] as string;
  }

  newKey(): void {
    execFileSync("rm", ["-f", join(this.folder, "host_key"), join(this.folder, "host_key.pub")]);
    keygen(join(this.folder, "host_key"));
  }

  async boot(): Promise<void> {
    const config = join(this.folder, "sshd_config");
    const lines = [
      ...(this.#options.sshd ?? []),
      "ListenAddress 0.0.0.0",
      `HostKey ${join(this.folder, "host_key")}`,
      "PidFile none",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "StrictModes no",
      "AuthorizedKeysFile /root/.ssh/authorized_keys",
      "MaxSessions 10",
      "UseDNS no",
    ];
    await writeFile(config, `${lines.join("\n")}\n`);
    const script = [
      "read -r go",
      `hostname ${this.name}`,
      `mount --bind ${this.home} /root`,
      "mount -t tmpfs tmpfs /run",
      "mkdir -p /run/sshd",
      "ip link set lo up",
      `ip addr add ${this.address}/30 dev eth0`,
      "ip link set eth0 up",
      ...(this.#options.before ?? []),
      `exec /usr/sbin/sshd -D -E ${join(this.folder, "sshd.log")} -f ${config}`,
    ];
    const isolated = ["unshare", "-m", "-p", "-f", "-u", "-n", "--kill-child", "--mount-proc"];
    const child = spawn("setpriv", ["--pdeathsig", "KILL", ...isolated, "sh", "-ec", script.join("\n")], {
      stdio: ["pipe", "ignore", "inherit"],
      cwd: "/",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    this.#process = child;
    const pid = child.pid as number;
    await until(() => Promise.resolve(isIsolated(pid)));
    this.#link = linkName();
    ip("link", "add", this.#link, "type", "veth", "peer", "name", "eth0", "netns", String(pid));
    ip("addr", "add", `${this.#net}.1/30`, "dev", this.#link);
    ip("link", "set", this.#link, "up");
    child.stdin?.end("go\n");
    await until(() => this.#answers());
  }

  /** As when the plug is pulled: nothing is said to anybody. */
  async powerOff(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.cut();
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    removeLink(this.#link);
  }

  cut(): void {
    ip("link", "set", this.#link, "down");
  }

  heal(): void {
    ip("link", "set", this.#link, "up");
  }

  /** Runs a command in the host's own namespaces. */
  run(...argv: string[]): string {
    const child = execFileSync("pgrep", ["-P", String(this.#process?.pid)], { encoding: "utf8" }).trim();
    return execFileSync("nsenter", ["-t", child, "-m", "-p", "-n", "-u", ...argv], { encoding: "utf8" });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(22, this.address);
      socket.once("data", () => (socket.destroy(), resolve(true)));
      socket.once("error", () => resolve(false));
    });
  }
}

function keygen(file: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
}

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: "pipe" });
}

let links = 0;

/** Names the process, so that links of one that was killed can be told. */
function linkName(): string {
  return `slw${process.pid.toString(36)}N${++links}`;
}

/** Some kernels take a link away with the host, at any moment. */
function removeLink(name: string): void {
  try {
    ip("link", "del", name);
  } catch (failure) {
    if (existsSync(`/sys/class/net/${name}`)) throw failure;
  }
}

function removeStrayLinks(): void {
  for (const name of readdirSync("/sys/class/net")) {
    const maker = /^slw([0-9a-z]+)N\d+$/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${parseInt(maker, 36)}`)) removeLink(name);
  }
}

function isIsolated(pid: number): boolean {
  const network = (of: number | "self") => readlinkSync(`/proc/${of}/ns/net`);
  return network(pid) !== network("self");
}

/** Tries until it is so; what throws is tried again. Throws the last failure after 20 s. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    try {
      if (await isSo()) return;
    } catch (failure) {
      if (performance.now() > end) throw failure;
    }
    if (performance.now() > end) throw new Error("the host does not come up");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
