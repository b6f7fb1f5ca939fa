import * as z from "zod";

/**
 * Where a document comes from. Client and engine share a file system (docs/decisions/040): the engine reads the file,
 * so that terminal and editor go one way. `overrides` are `--set` pairs, merged before loading.
 */
export const DocumentSource = z.object({
  /** Absolute path of the YAML file, or of a plain script (`.py`) to run as it is. */
  file: z.string(),
  /** The text to use instead of the file's (an unsaved editor); paths in it stay relative to `file`. */
  text: z.string().optional(),
  /** Where the person stands: its name is the experiment when the document names none. The file's folder when left out. */
  directory: z.string().optional(),
  overrides: z.array(z.string()).default([]),
});
export type DocumentSource = z.infer<typeof DocumentSource>;

/** What the user said yes to on the sheet. */
export const Answers = z.object({
  /** Send a home folder or a file system root as code. */
  allow_home: z.boolean().default(false),
  /** Also skip the files that a parent's ignore file would skip. */
  skip_parent_ignored: z.boolean().default(false),
  /** Send files that look like secrets. */
  allow_secrets: z.boolean().default(false),
});
export type Answers = z.infer<typeof Answers>;

/** A job whose record a new one begins with. */
export const CloneOf = z.object({
  job: z.string(),
  /** The code that was submitted then, or what its folder holds now. */
  code: z.enum(["snapshot", "folder"]).default("snapshot"),
});
export type CloneOf = z.infer<typeof CloneOf>;

export const PreflightRequest = z.object({
  source: DocumentSource,
  /**
   * Made by the client before the first request, so that the sheet and the job have the same one. The same name and content
   * is the same job; other content is a conflict.
   */
  name: z.string().optional(),
  /** Takes code and packages from a job's record, as far as `source` (the record's own document) leaves them alone. */
  from: CloneOf.optional(),
  answers: Answers.default({ allow_home: false, skip_parent_ignored: false, allow_secrets: false }),
  /** Interpreter for a plain script or a job without an environment. */
  python: z.string().optional(),
  /** `container`: in the environment's image or not at all; `python`: never; `auto`: where the image is at hand. */
  runtime: z.enum(["auto", "container", "python"]).optional(),
});

/** The sheet: what will be sent, in which environment, and where it runs. */
export const Preflight = z.object({
  display_name: z.string(),
  experiment_name: z.string(),
  command: z.string(),
  code: z.object({
    root: z.string().nullable(),
    files: z.number(),
    bytes: z.number(),
    /** The largest files, at most 20. */
    largest: z.array(z.object({ path: z.string(), bytes: z.number() })),
    /** Skipped paths with the rule that skips them (`.amlignore:3 data/`), at most 200. */
    skipped: z.array(z.object({ path: z.string(), rule: z.string() })),
    skipped_count: z.number(),
    /** Files that only a parent's ignore file would skip; they are sent unless the user says otherwise. */
    parent_ignored: z.array(z.object({ path: z.string(), rule: z.string() })),
    secrets: z.array(z.object({ path: z.string(), line: z.number(), what: z.string() })),
  }),
  environment: z.object({
    label: z.string(),
    key: z.string(),
    cached: z.boolean(),
    python: z.string(),
    /** One line each: what was asked for, what is used instead, and why. */
    report: z.array(z.string()),
    /** Whether the program runs in a container, and why; absent where there was no choice. */
    runtime: z.object({ kind: z.enum(["container", "python"]), reason: z.string() }).optional(),
  }),
  target: z.object({
    name: z.string(),
    /** The compute that the YAML names, when no target has that name. */
    fallback_for: z.string().nullable(),
    fits: z.boolean(),
    queue_place: z.number().int(),
    detail: z.string(),
  }),
  inputs: z.array(z.object({ name: z.string(), value: z.string(), note: z.string() })),
  /** What must be answered before a submit is accepted. */
  needs: z.array(z.object({ answer: z.enum(["allow_home", "allow_secrets"]), question: z.string() })),
  notices: z.array(z.string()),
  /** What makes a submit impossible, with the reason. */
  refusals: z.array(z.string()),
});
export type Preflight = z.infer<typeof Preflight>;

export const SubmitJob = PreflightRequest.extend({
  /** The job's Python programs listen for a debugger. */
  debug: z.boolean().optional(),
  /** Seconds that each of them waits for a debugger before its first line; 0 (also when left out) does not wait. */
  debug_wait_s: z.number().min(0).max(3600).optional(),
  /** Made by the client: `progress` events of this request bear it as their subject; those of the job bear its name. */
  operation: z.string().max(200).optional(),
});
export type SubmitJob = z.infer<typeof SubmitJob>;
