import { readFileSync } from "node:fs";
import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback, type SigningRequestOptions } from "ssh2";

const { BaseAgent, OpenSSHAgent, utils } = ssh2;

/** The agent with those of its keys alone that the identity files name, as `IdentitiesOnly` asks for. */
export class ListedKeysAgent extends BaseAgent {
  readonly #agent: InstanceType<typeof OpenSSHAgent>;
  readonly #listed: ReadonlySet<string>;

  constructor(socket: string, identityFiles: readonly string[]) {
    super();
    this.#agent = new OpenSSHAgent(socket);
    this.#listed = new Set(identityFiles.flatMap(publicKeyOf));
  }

  override getIdentities(callback: IdentityCallback): void {
    this.#agent.getIdentities((failure, keys) => {
      if (failure || keys === undefined) return callback(failure ?? new Error("the agent has no keys"));
      callback(
        undefined,
        (keys as ParsedKey[]).filter((key) => this.#listed.has(key.getPublicSSH().toString("base64"))),
      );
    });
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options?: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    if (typeof options === "function") this.#agent.sign(key, data, options);
    else this.#agent.sign(key, data, options ?? {}, callback);
  }
}

/** The public half stands beside a private key, and in the file itself when that is not encrypted. */
function publicKeyOf(file: string): string[] {
  for (const path of [`${file}.pub`, file]) {
    try {
      const key = utils.parseKey(readFileSync(path));
      if (!(key instanceof Error)) return [(Array.isArray(key) ? key[0] : key).getPublicSSH().toString("base64")];
    } catch {
      continue;
    }
  }
  return [];
}
