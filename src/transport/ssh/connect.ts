import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { CodedError, messageOf } from "#base/errors.ts";
import type { HostSettings } from "./config/hostSettings.ts";
import { fingerprint, keyType, KnownHost, knownName } from "./keys/knownHosts.ts";
import { Login } from "./keys/login.ts";
import { unreachable } from "./sshError.ts";

/** A dead peer is noticed after `interval × (count + 1)`: 20 s. */
const KEEPALIVE = { keepaliveInterval: 5000, keepaliveCountMax: 3 };
const CONNECT_WITHIN_MS = 10_000;

/** What a person has said about hosts; read anew at each connection. */
export interface Consent {
  /** Fingerprints of host keys that may be taken as known. */
  acceptedKeys: ReadonlySet<string>;
  /** Answers to questions, by the question's id. In memory only. */
  answers: ReadonlyMap<string, string>;
}

/** An open connection to a host, and those to the hosts that it leads over. */
export interface Connected {
  client: Client;
  end(): void;
}

/**
 * Connects over the hosts of a route to its last. Throws `target-unreachable`, `host-key-unknown`, `host-key-changed`,
 * `login-refused` and `secret-needed`.
 */
export async function connectOver(route: readonly HostSettings[], consent: Consent): Promise<Connected> {
  const open: Client[] = [];
  const end = (): void => {
    for (const client of open.reverse()) client.end();
  };
  try {
    let way: Duplex | undefined;
    for (const [index, host] of route.entries()) {
      const client = await connectTo(host, way, consent);
      open.push(client);
      const following = route[index + 1];
      way = following && (await forward(client, host, following));
    }
    return { client: open.at(-1) as Client, end };
  } catch (failure) {
    end();
    throw failure;
  }
}

function connectTo(host: HostSettings, way: Duplex | undefined, consent: Consent): Promise<Client> {
  const client = new ssh2.Client();
  const known = new KnownHost(host.hostKeyAlias ?? knownName(host.hostname, host.port), host.knownHostsFiles);
  const login = new Login(host, consent.answers);
  let refusal: CodedError | undefined;
  const hostVerifier = (key: Buffer): boolean => {
    refusal = keyFault(host, known, key, consent);
    return refusal === undefined;
  };
  const config: ConnectConfig = {
    ...(way === undefined
      ? { host: host.hostname, port: host.port }
      : { sock: way as NonNullable<ConnectConfig["sock"]> }),
    username: host.user,
    ...KEEPALIVE,
    readyTimeout: CONNECT_WITHIN_MS,
    hostVerifier,
    authHandler: login.next,
    ...keyTypes(known),
  };
  return new Promise((resolve, reject) => {
    client.once("ready", () => {
      client.removeListener("error", onError);
      // Whoever uses the connection listens for its end; an error always comes with one.
      client.on("error", () => undefined);
      resolve(client);
    });
    const onError = (failure: Error & { level?: string }): void => {
      client.destroy();
      if (refusal) reject(refusal);
      else if (failure.level === "client-authentication") reject(login.failure());
      else reject(unreachable(host.alias, wordsOf(failure, host), failure));
    };
    client.once("error", onError);
    client.once("close", () => reject(refusal ?? unreachable(host.alias, "it closed the connection before the login")));
    try {
      client.connect(config);
    } catch (failure) {
      reject(unreachable(host.alias, messageOf(failure), failure));
    }
  });
}

/** A host may have several keys: those on record are asked for first, so that a new kind is not taken for a change. */
function keyTypes(known: KnownHost): Pick<ConnectConfig, "algorithms"> {
  const names = known.types.flatMap((type) => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]));
  if (names.length === 0) return {};
  const usual = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ];
  const first = names.filter((name) => usual.includes(name));
  const serverHostKey = [...first, ...usual.filter((name) => !first.includes(name))] as ServerHostKeyAlgorithm[];
  return { algorithms: { serverHostKey } };
}

/** Why a host's key is not taken; undefined when it is. */
function keyFault(host: HostSettings, known: KnownHost, key: Buffer, consent: Consent): CodedError | undefined {
  const shown = fingerprint(key);
  const verdict = known.judge(key);
  const details = { host: host.hostname, port: host.port, fingerprint: shown, key_type: keyType(key) };
  switch (verdict.is) {
    case "known":
      return undefined;
    case "unknown":
      if (consent.acceptedKeys.has(shown)) {
        known.add(key, host.ownKnownHosts);
        return undefined;
      }
      return new CodedError({
        code: "host-key-unknown",
        status: 409,
        message: `${host.hostname} is not known yet. Its ${keyType(key)} key is ${shown}.`,
        next: `Compare it with what \`ssh-keygen -lf\` prints there, then attach with \`--host-key-fingerprint ${shown}\`.`,
        details,
      });
    case "revoked":
      return new CodedError({
        code: "host-key-changed",
        status: 409,
        message: `The key of ${host.hostname}, ${shown}, is marked as revoked in ${verdict.place}.`,
        next: "Do not connect: whoever answers there may be somebody else. Ask who runs the host.",
        details,
      });
    case "changed":
      return new CodedError({
        code: "host-key-changed",
        status: 409,
        message: `The key of ${host.hostname} has changed: known is ${verdict.expected} (${verdict.place}), it shows ${shown}.`,
        next: `If you know why, remove the old key with \`ssh-keygen -R '${knownName(host.hostname, host.port)}'\` and attach again; else somebody may stand between.`,
        details: { ...details, expected: verdict.expected },
      });
  }
}

function forward(client: Client, over: HostSettings, to: HostSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, to.hostname, to.port, (failure, stream) => {
      if (failure) reject(unreachable(to.alias, `${over.alias} cannot reach it: ${failure.message}`, failure));
      else resolve(stream);
    });
  });
}

function wordsOf(failure: Error & { level?: string; code?: unknown }, host: HostSettings): string {
  const place = `${host.hostname} port ${host.port}`;
  switch (failure.code) {
    case "ECONNREFUSED":
      return `nothing listens at ${place}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${host.hostname} is not found`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `there is no way to ${place}`;
    default:
      return failure.level === "client-timeout"
        ? `no login at ${place} within ${CONNECT_WITHIN_MS / 1000} s`
        : messageOf(failure);
  }
}
