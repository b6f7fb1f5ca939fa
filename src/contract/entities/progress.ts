import * as z from "zod";

/** What takes time before a program runs, or before an asset is there. */
export const progressPhases = [
  "freezing",
  "code",
  "input",
  "environment",
  "resolving",
  "downloading",
  "installing",
] as const;

/** How far one piece of work has come. What is not known is null, never guessed. */
export const Progress = z.object({
  phase: z.enum(progressPhases),
  /** What it is about: an input's name, the packages on their way. Empty when the phase says it all. */
  detail: z.string(),
  /** Files, or packages. */
  items: z.number().nullable(),
  total_items: z.number().nullable(),
  bytes: z.number().nullable(),
  total_bytes: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;
