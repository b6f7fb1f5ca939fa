import { createHmac } from "node:crypto";

/** Whom a token is for. */
export interface Holder {
  kind: "user" | "job";
  workspace: string;
  subject: string;
}

/** What stands in a token: its holder, and which of the holder's generations of tokens it belongs to. */
export interface Claims extends Holder {
  generation: number;
}

/** The signature of a token's first half. */
export function sign(claims: string, key: Buffer): Buffer {
  return createHmac("sha256", key).update(claims).digest();
}
