import type { StoreCalls } from "../store/store.ts";
import { sign, type Claims, type Holder } from "./claims.ts";

const keyOf = (holder: Holder) => `${holder.kind}\n${holder.workspace}\n${holder.subject}`;

/**
 * Gives out bearer tokens for MLflow clients. A token is its claims and a signature; nothing secret but the signing key is
 * kept, so that tokens stay good over restarts. {@link TokenReader} checks them.
 */
export class Tokens {
  readonly #store: StoreCalls;
  readonly #key: Buffer;
  /** Holder → generation that is good. */
  readonly #live = new Map<string, number>();

  private constructor(options: { store: StoreCalls; key: Buffer }) {
    this.#store = options.store;
    this.#key = options.key;
  }

  static async open(options: { store: StoreCalls; key: Buffer }): Promise<Tokens> {
    const tokens = new Tokens(options);
    for (const row of await options.store.read("liveHolders", {})) tokens.#live.set(keyOf(row), row.generation);
    return tokens;
  }

  /** The token of a user in a workspace, made good if it was not. `rotate` ends those given out before. */
  user(workspace: string, subject: string, options: { rotate?: boolean } = {}): Promise<string> {
    return this.#admit({ kind: "user", workspace, subject }, options.rotate ?? false);
  }

  async #admit(holder: Holder, rotate: boolean): Promise<string> {
    const known = this.#live.get(keyOf(holder));
    const generation =
      known === undefined || rotate ? await this.#store.write("admitHolder", { ...holder, rotate }) : known;
    this.#live.set(keyOf(holder), generation);
    const claims = Buffer.from(JSON.stringify({ ...holder, generation } satisfies Claims)).toString("base64url");
    return `${claims}.${sign(claims, this.#key).toString("base64url")}`;
  }
}
