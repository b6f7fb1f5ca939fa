/** An error that a person is meant to read: what went wrong, where, and what to do next. */
export class CodedError extends Error {
  /** Stable code from the closed list in `src/contract/errors.ts`. */
  readonly code: string;
  /** HTTP status under which this error travels. */
  readonly status: number;
  /** The next step the reader can take. Empty when there is none. */
  readonly next: string;
  /** Machine-readable facts (a path, a range, the solver's words). */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: {
    code: string;
    status: number;
    message: string;
    next?: string;
    details?: Record<string, unknown>;
    cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CodedError";
    this.code = options.code;
    this.status = options.status;
    this.next = options.next ?? "";
    this.details = options.details ?? {};
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The errno-style code (`ENOENT`…) of anything that was thrown, if it has one. */
export function errnoOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
