import { createHash, createHmac } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { matchesList } from "../config/patterns.ts";

/** What the known_hosts files say of a key that a host has shown. */
export type Verdict =
  | { is: "known" }
  | { is: "unknown" }
  | { is: "revoked"; place: string }
  /** Another key of the host is on record. */
  | { is: "changed"; expected: string; place: string };

interface Entry {
  marker: string | undefined;
  type: string;
  /** The key's bytes in base64. */
  key: string;
  /** `file:line`. */
  place: string;
}

/** A key's name for people, as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type that a key's own bytes name. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? "" : key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}

/** A host as known_hosts names it. */
export function knownName(hostname: string, port: number): string {
  return port === 22 ? hostname : `[${hostname}]:${port}`;
}

/** The entries of known_hosts files that are about one host. Hashed names count; entries of authorities do not. */
export class KnownHost {
  readonly #name: string;
  readonly #entries: Entry[];

  constructor(name: string, files: readonly string[]) {
    this.#name = name;
    this.#entries = files.flatMap((file) => entriesOf(file, name));
  }

  /** Types of the keys on record: a host is asked for one of these first, as it may have several. */
  get types(): string[] {
    return [...new Set(this.#entries.filter(({ marker }) => marker === undefined).map(({ type }) => type))];
  }

  judge(key: Buffer): Verdict {
    const text = key.toString("base64");
    const revoked = this.#entries.find((entry) => entry.marker === "@revoked" && entry.key === text);
    if (revoked) return { is: "revoked", place: revoked.place };
    const kept = this.#entries.filter(({ marker }) => marker === undefined);
    if (kept.some((entry) => entry.key === text)) return { is: "known" };
    const other = kept.find(({ type }) => type === keyType(key)) ?? kept[0];
    if (other === undefined) return { is: "unknown" };
    return { is: "changed", expected: fingerprint(Buffer.from(other.key, "base64")), place: other.place };
  }

  /** Adds a key that somebody has agreed to, as ssh does. */
  add(key: Buffer, file: string): void {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const whole = readOrEmpty(file);
    const gap = whole === "" || whole.endsWith("\n") ? "" : "\n";
    appendFileSync(file, `${gap}${this.#name} ${keyType(key)} ${key.toString("base64")}\n`, { mode: 0o600 });
  }
}

function entriesOf(file: string, name: string): Entry[] {
  return readOrEmpty(file)
    .split(/\r?\n/)
    .flatMap((line, index) => {
      const words = line.trim().split(/\s+/);
      const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
      const [names, type, key] = words;
      if (names === undefined || type === undefined || key === undefined || names.startsWith("#")) return [];
      return isNamed(name, names) ? [{ marker, type, key, place: `${file}:${index + 1}` }] : [];
    });
}

function isNamed(name: string, names: string): boolean {
  if (!names.startsWith("|1|")) return matchesList(name, names.split(",").map(withoutBrackets(name)));
  const [, , salt, hash] = names.split("|");
  if (salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name.toLowerCase()).digest("base64") === hash;
}

/** `[host]:22` is how some write what ssh writes as `host`. */
const withoutBrackets = (name: string) => (pattern: string) =>
  name.startsWith("[") ? pattern : pattern.replace(/^(!?)\[(.*)\]:22$/, "$1$2");

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
