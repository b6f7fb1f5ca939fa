import type { EngineEvent } from "#contract/events.ts";
import type { Answer, Call, PlainError } from "../../store/wire.ts";

/** What the door needs to know when it is put up. */
export interface DoorOptions {
  /** The port that it had before, or 0. */
  port: number;
  allowedHosts: readonly string[];
  /** Folders of the stored files. */
  blobs: string;
  packs: string;
  /** File of the key that signs tokens. */
  keyFile: string;
}

/** Door → engine. */
export type DoorNotice =
  | { kind: "listening"; port: number }
  | { kind: "failed"; error: PlainError }
  | { kind: "event"; event: EngineEvent }
  | { kind: "log"; line: string }
  /** Somebody has called, not long ago. */
  | { kind: "called" }
  /** A question for the store's readers. */
  | { kind: "read"; call: Call };

/** Engine → door. */
export type DoorOrder = { kind: "answer"; answer: Answer } | { kind: "close" };
