import { timingSafeEqual } from "node:crypto";
import { slipwayError } from "#contract/errors.ts";
import type { Actor } from "../core/actor.ts";
import { sign, type Claims, type Holder } from "./claims.ts";

const rememberedTokens = 1000;

/** Checks bearer tokens: the signature, and that their generation is still good. */
export class TokenReader {
  readonly #key: Buffer;
  readonly #goodGeneration: (holder: Holder) => number | null;
  /** Tokens whose signature was found right: a training loop shows the same one with every call. */
  readonly #opened = new Map<string, Claims>();

  constructor(options: { key: Buffer; goodGeneration: (holder: Holder) => number | null }) {
    this.#key = options.key;
    this.#goodGeneration = options.goodGeneration;
  }

  /** Who holds this token. Throws `unauthenticated`. */
  verify(token: string): Actor {
    const claims = this.#opened.get(token) ?? this.#open(token);
    if (!claims || this.#goodGeneration(claims) !== claims.generation) {
      throw slipwayError("unauthenticated", "The token is missing, wrong or no longer valid.", {
        next: "Run `slipway env` for MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN.",
      });
    }
    return { name: claims.subject, kind: claims.kind, workspace: claims.workspace };
  }

  #open(token: string): Claims | undefined {
    const [claims, signature, ...rest] = token.split(".");
    if (!claims || !signature || rest.length > 0) return undefined;
    const given = Buffer.from(signature, "base64url");
    const right = sign(claims, this.#key);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    const opened = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as Claims;
    if (this.#opened.size >= rememberedTokens) this.#opened.clear();
    this.#opened.set(token, opened);
    return opened;
  }
}
