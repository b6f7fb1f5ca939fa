import type { Program } from "./program.ts";

/** What a job's program noted of itself on the target. */
export interface Truth {
  program: Program;
  /** One of each start: the marker of the attempt. */
  starts: string[];
  /** Lines whose write had returned. */
  lines: number;
  /** Steps of metrics that the relay had acknowledged. */
  metrics: number[];
  /** Hash of the output, once it was written whole. */
  output: string | null;
  /** The code that the program was about to end with, once it came so far. */
  end: number | null;
  /** Processes that carry the job's marker when all is over. */
  left: number[];
}
