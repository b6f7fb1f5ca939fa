import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
  /** Files whose upload the relay had acknowledged, with their hashes. */
  uploads: { path: string; sha256: string }[];
  /** Hash of the output, once it was written whole. */
  output: string | null;
  /** The code that the program was about to end with, once it came so far. */
  end: number | null;
  /** Processes that carry the job's marker when all is over. */
  left: number[];
}

export function readTruth(folder: string, program: Program, left: number[]): Truth {
  const text = (file: string) => {
    const path = join(folder, program.name, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  const words = (file: string) => text(file).split("\n").filter(Boolean);
  return {
    program,
    starts: words("starts").map((line) => line.split(" ")[0] as string),
    lines: text("lines").length,
    metrics: words("metrics").map(Number),
    uploads: words("uploads").map((line) => {
      const [path = "", sha256 = ""] = line.split(" ");
      return { path, sha256 };
    }),
    output: text("output") || null,
    end: text("end") === "" ? null : Number(text("end")),
    left,
  };
}
