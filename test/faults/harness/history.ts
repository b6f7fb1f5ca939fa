import { appendFileSync, readFileSync } from "node:fs";
import type { JobStatus } from "#contract/entities/jobStatus.ts";

/** What a client saw, or what was done to the engine, in order. */
export type Seen =
  | { what: "submit"; job: string; outcome: "accepted" | "refused" | "unknown"; words?: string }
  | { what: "cancel"; job: string; outcome: "accepted" | "refused" | "unknown" }
  | { what: "status"; job: string; status: JobStatus }
  /** Bytes of a log as a reader got them, base64. */
  | { what: "log"; job: string; offset: number; bytes: string }
  | { what: "call"; call: string; ms: number; outcome: "answered" | "failed" | "hung" }
  | { what: "fault"; fault: string; job?: string }
  | { what: "start"; ms: number }
  | { what: "memory"; process: string; bytes: number };

/** All of it as JSON lines in a file, so that a run that fails leaves its history. */
export class History {
  readonly file: string;
  readonly seen: Seen[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(seen: Seen): void {
    this.seen.push(seen);
    appendFileSync(this.file, `${JSON.stringify(seen)}\n`);
  }
}

/** A history that was kept. */
export function readHistory(file: string): Seen[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Seen);
}
