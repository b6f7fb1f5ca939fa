import { userInfo } from "node:os";
import { join } from "node:path";
import { CodedError } from "#base/errors.ts";
import { walkConfig, type ConfigLine } from "./configFile.ts";
import { matchesList } from "./patterns.ts";

/** What a person says of a host beyond ssh's own files; it goes before them, as on ssh's command line. */
export interface HostAddress {
  /** A name of `~/.ssh/config`, or a host's own name or address. */
  host: string;
  user?: string | undefined;
  port?: number | undefined;
  /** Path of a private key. */
  identityFile?: string | undefined;
}

/** A host as ssh's files describe it. */
export interface HostSettings {
  /** The name that was asked for. */
  alias: string;
  hostname: string;
  user: string;
  port: number;
  identityFiles: string[];
  /** The files were named by somebody: their keys are tried before those of the agent. */
  namesIdentities: boolean;
  identitiesOnly: boolean;
  /** Socket of the agent; undefined when there is none. */
  agent: string | undefined;
  /** Hosts to go through, in order. */
  jumps: string[];
  hostKeyAlias: string | undefined;
  knownHostsFiles: string[];
  /** The first of the user's own files: accepted keys go there. */
  ownKnownHosts: string;
}

/** Where ssh's files are. */
export interface SshPlaces {
  /** Home folder of the user that connects. */
  home: string;
  /** `/etc/ssh`, but in tests. */
  system?: string;
  /** The agent's socket: `SSH_AUTH_SOCK`. */
  agent?: string | undefined;
}

/**
 * What may be a host's name. ssh takes a name with a leading dash for an option and hands names to a shell; here neither
 * happens, and such names are refused all the same, so that a name is one everywhere.
 */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/;

/** Throws `invalid-request` for what is no host's name. */
export function checkHostName(name: string): void {
  if (plainName.test(name) && name.length <= 255) return;
  throw new CodedError({
    code: "invalid-request",
    status: 400,
    message: `${JSON.stringify(name.slice(0, 100))} is no name of a host.`,
    next: "Give a name of ~/.ssh/config, a host name or an address.",
  });
}

/**
 * What ssh's files say of a host, with OpenSSH's rules: the first value of a keyword wins, `IdentityFile` adds up, `Include`,
 * `Host` and `Match` by host and user. `Match exec` runs nothing and matches never. Throws `invalid-request` for a bad name
 * and for a `ProxyCommand`.
 */
export function hostSettings(address: HostAddress, places: SshPlaces): HostSettings {
  checkHostName(address.host);
  const found = new Map<string, string[]>();
  const identities: string[] = address.identityFile === undefined ? [] : [address.identityFile];
  if (address.user !== undefined) found.set("user", [address.user]);
  if (address.port !== undefined) found.set("port", [String(address.port)]);
  const localUser = userInfo().username;
  const take = ({ keyword, words }: ConfigLine): void => {
    if (keyword === "identityfile") identities.push(...words.slice(0, 1));
    else if (!found.has(keyword)) found.set(keyword, words);
  };
  const one = (keyword: string): string | undefined => found.get(keyword)?.[0];
  const applies = (line: ConfigLine): boolean =>
    line.keyword === "host"
      ? matchesList(address.host, line.words)
      : matches(line.words, {
          originalhost: address.host,
          host: one("hostname")?.replaceAll("%h", address.host) ?? address.host,
          user: one("user") ?? localUser,
          localuser: localUser,
        });
  const { home, system = "/etc/ssh" } = places;
  walkConfig(join(home, ".ssh/config"), { home, folder: join(home, ".ssh") }, { applies, take });
  walkConfig(join(system, "ssh_config"), { home, folder: system }, { applies, take });

  const hostname = (one("hostname") ?? address.host).replaceAll("%h", address.host).replaceAll("%%", "%");
  const user = one("user") ?? localUser;
  const port = Number(one("port") ?? 22);
  const expand = (text: string): string =>
    text
      .replace(/^~(?=\/)/, home)
      .replace(/\$\{(\w+)\}/g, (whole, name: string) => process.env[name] ?? whole)
      .replace(/%([%dhnpru])/g, (_, letter: string) => {
        const values = { "%": "%", d: home, h: hostname, n: address.host, p: String(port), r: user, u: localUser };
        return values[letter as keyof typeof values];
      });
  const usual = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name));
  const listed = identities.map(expand).filter((path) => path !== "none");
  const ownKnownHosts = (found.get("userknownhostsfile") ?? ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"]).map(expand);
  const systemKnownHosts = (
    found.get("globalknownhostsfile") ?? [join(system, "ssh_known_hosts"), join(system, "ssh_known_hosts2")]
  ).map(expand);
  refuseProxyCommand(address.host, found);
  return {
    alias: address.host,
    hostname,
    user,
    port,
    identityFiles: identities.length === 0 ? usual : listed,
    namesIdentities: identities.length > 0,
    identitiesOnly: address.identityFile !== undefined || isYes(one("identitiesonly")),
    agent: agentOf(one("identityagent"), places.agent, expand),
    jumps: jumpsOf(one("proxyjump")),
    hostKeyAlias: one("hostkeyalias"),
    knownHostsFiles: [...ownKnownHosts, ...systemKnownHosts],
    ownKnownHosts: ownKnownHosts[0] ?? join(home, ".ssh/known_hosts"),
  };
}

/** The criteria of a `Match` line; one that is not known here, and any that runs a program, does not match. */
function matches(words: readonly string[], values: Readonly<Record<string, string>>): boolean {
  for (let index = 0; index < words.length; index++) {
    const word = (words[index] as string).toLowerCase();
    if (word === "all") continue;
    const negated = word.startsWith("!");
    const value = values[negated ? word.slice(1) : word];
    const patterns = words[++index];
    if (value === undefined || patterns === undefined) return false;
    if (matchesList(value, patterns.split(",")) === negated) return false;
  }
  return words.length > 0;
}

/** A `ProxyCommand` is a line for a shell. The one of a host that also has a `ProxyJump` counts only when it comes first. */
function refuseProxyCommand(host: string, found: ReadonlyMap<string, string[]>): void {
  const command = found.get("proxycommand")?.[0];
  if (command === undefined || command.toLowerCase() === "none") return;
  const order = [...found.keys()];
  if (found.has("proxyjump") && order.indexOf("proxyjump") < order.indexOf("proxycommand")) return;
  throw new CodedError({
    code: "invalid-request",
    status: 400,
    message: `The host ${host} is reached by a ProxyCommand, which Slipway does not run.`,
    next: "Name the host in between with ProxyJump in ~/.ssh/config.",
  });
}

function jumpsOf(text: string | undefined): string[] {
  if (text === undefined || text.toLowerCase() === "none") return [];
  return text.split(",").map((jump) => jump.trim());
}

function agentOf(named: string | undefined, usual: string | undefined, expand: (text: string) => string) {
  if (named === undefined || named === "SSH_AUTH_SOCK") return usual;
  if (named.toLowerCase() === "none") return undefined;
  return named.startsWith("$") ? process.env[named.slice(1)] : expand(named);
}

const isYes = (text: string | undefined): boolean => text?.toLowerCase() === "yes";
