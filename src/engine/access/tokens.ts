import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { slipwayError } from "#contract/errors.ts";
import type { Actor } from "../core/actor.ts";
import type { Store } from "../store/store.ts";

interface Claims {
  kind: "user" | "job";
  workspace: string;
  subject: string;
  generation: number;
}

const rememberedTokens = 1000;

const keyOf = (holder: { kind: string; workspace: string; subject: string }) =>
  `${holder.kind}\n${holder.workspace}\n${holder.subject}`;

/**
 * Bearer tokens for MLflow clients. A token is its claims and a signature; nothing secret but the signing key is kept,
 * in a file of mode 0600 beside the store, so that tokens stay good over restarts.
 */
export class Tokens {
  readonly #store: Store;
  readonly #key: Buffer;
  /** Holder → generation that is good. */
  readonly #live = new Map<string, number>();
  /** Tokens whose signature was found right: a training loop shows the same one with every call. */
  readonly #opened = new Map<string, Claims>();

  private constructor(options: { store: Store; key: Buffer }) {
    this.#store = options.store;
    this.#key = options.key;
  }

  static async open(options: { store: Store; keyFile: string }): Promise<Tokens> {
    const tokens = new Tokens({ ...options, key: signingKey(options.keyFile) });
    for (const row of await options.store.read("liveHolders", {})) tokens.#live.set(keyOf(row), row.generation);
    return tokens;
  }

  /** The token of a user in a workspace, made good if it was not. `rotate` ends those given out before. */
  user(workspace: string, subject: string, options: { rotate?: boolean } = {}): Promise<string> {
    return this.#admit({ kind: "user", workspace, subject }, options.rotate ?? false);
  }

  /** Who holds this token. Throws `unauthenticated`. */
  verify(token: string): Actor {
    const claims = this.#opened.get(token) ?? this.#open(token);
    if (!claims || this.#live.get(keyOf(claims)) !== claims.generation) {
      throw slipwayError("unauthenticated", "The token is missing, wrong or no longer valid.", {
        next: "Run `slipway env` for MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN.",
      });
    }
    return { name: claims.subject, kind: claims.kind, workspace: claims.workspace };
  }

  async #admit(holder: Omit<Claims, "generation">, rotate: boolean): Promise<string> {
    const known = this.#live.get(keyOf(holder));
    const generation =
      known === undefined || rotate ? await this.#store.write("admitHolder", { ...holder, rotate }) : known;
    this.#live.set(keyOf(holder), generation);
    const claims = Buffer.from(JSON.stringify({ ...holder, generation } satisfies Claims)).toString("base64url");
    return `${claims}.${this.#sign(claims).toString("base64url")}`;
  }

  #open(token: string): Claims | undefined {
    const [claims, signature, ...rest] = token.split(".");
    if (!claims || !signature || rest.length > 0) return undefined;
    const given = Buffer.from(signature, "base64url");
    const right = this.#sign(claims);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const opened = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as Claims;
    if (this.#opened.size >= rememberedTokens) this.#opened.clear();
    this.#opened.set(token, opened);
    return opened;
  }

  #sign(claims: string): Buffer {
    return createHmac("sha256", this.#key).update(claims).digest();
  }
}

function signingKey(file: string): Buffer {
  if (!existsSync(file)) {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx", flush: true });
    renameSync(fresh, file);
  }
  chmodSync(file, 0o600);
  return Buffer.from(readFileSync(file, "utf8").trim(), "base64url");
}
