import type { Column } from "./table.ts";

/** What a command leaves for the output format to print. */
export interface Outcome {
  /** The JSON value that `--query` and `-o` work on; nothing is printed when there is none. */
  value?: unknown;
  /** Columns of `-o table`; by default the value's plain fields, as `az` has them. */
  columns?: readonly Column[];
  /** 0 unless given. */
  exitCode?: number;
}
