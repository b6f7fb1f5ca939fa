import { CodedError } from "#base/errors.ts";

/**
 * The closed list of errors that cross a wire. The same object is an HTTP reply, a CLI line and exit code,
 * a notification with its action, and a diagnostic. `docs/reference/errors.md` is generated from it.
 */
export const errorCodes = {
  // the request
  "invalid-request": {
    status: 400,
    meaning: "The request is malformed: a field is missing, of a wrong type or out of range.",
  },
  "invalid-document": {
    status: 400,
    meaning: "The YAML document is not valid; `details.problems` lists each place and reason.",
  },
  unauthenticated: { status: 401, meaning: "The token is missing, wrong or no longer valid." },
  "forbidden-host": { status: 403, meaning: "The Host header is not on the allow-list." },
  "forbidden-origin": { status: 403, meaning: "A web page of another origin made the request." },
  forbidden: { status: 403, meaning: "The caller may not do this." },
  "not-found": { status: 404, meaning: "The named thing does not exist in this workspace." },
  "method-not-allowed": { status: 405, meaning: "The path exists, the method does not." },
  conflict: { status: 409, meaning: "The name is taken by something else, or the state does not allow the change." },
  "too-large": { status: 413, meaning: "The body or file is over the limit named in the message." },
  "unsupported-media-type": { status: 415, meaning: "The body is not of an accepted content type." },
  // files and data
  "file-not-found": { status: 400, meaning: "A file or folder that the document names does not exist." },
  "path-outside": { status: 400, meaning: "A path leads out of the folder it must stay in." },
  "needs-confirmation": {
    status: 409,
    meaning: "The submit would send something that needs an explicit yes (a home folder, a root, suspected secrets).",
  },
  "blob-corrupt": { status: 500, meaning: "A stored file no longer matches its hash; the message names it." },
  "disk-full": { status: 507, meaning: "There is no space left on the disk named in the message." },
  "input-unavailable": {
    status: 400,
    meaning: "An input cannot be had on this machine; the message says which and what would bring it.",
  },
  // environments
  "environment-refused": {
    status: 400,
    meaning: "The environment cannot be made here; the message lists what cannot be mapped.",
  },
  "environment-failed": {
    status: 422,
    meaning: "The environment could not be built; the solver's own words are kept.",
  },
  "tool-not-found": { status: 424, meaning: "A program that is needed on the target (python, uv, git) was not found." },
  // targets
  "target-unreachable": { status: 503, meaning: "The target machine does not answer." },
  "target-fault": {
    status: 502,
    meaning: "The target answered with an error of its own; its words are in the message.",
  },
  "host-key-unknown": {
    status: 409,
    meaning: "A host is met for the first time; `details.fingerprint` is what a person compares and agrees to.",
  },
  "host-key-changed": {
    status: 409,
    meaning: "A host shows another key than the one on record, or a revoked one; it is not connected to.",
  },
  "login-refused": { status: 403, meaning: "A host lets the user in with none of the keys that were tried." },
  "secret-needed": {
    status: 409,
    meaning: "A host or key asks something that only a person can answer; `details.id` and `details.prompt` say what.",
  },
  "does-not-fit": { status: 400, meaning: "The job asks for more than the target has." },
  // the engine
  "engine-not-running": { status: 503, meaning: "No engine is running for this SLIPWAY_HOME." },
  "engine-start-failed": { status: 500, meaning: "The engine did not start; the message holds the end of its log." },
  "engine-busy": {
    status: 409,
    meaning: "Another engine owns this SLIPWAY_HOME, or an older one is still running work.",
  },
  "store-corrupt": { status: 500, meaning: "The database is damaged; it was set aside and the message says where." },
  "store-newer": { status: 500, meaning: "The database was written by a newer Slipway; this one does not touch it." },
  "store-read-only": { status: 503, meaning: "The store cannot be written at the moment; running work goes on." },
  timeout: { status: 504, meaning: "The call did not finish in its time limit." },
  unavailable: { status: 503, meaning: "The part that is needed is not available at the moment; try again." },
  internal: { status: 500, meaning: "An unexpected fault in Slipway itself." },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Makes an error of the closed list. `next` is the step that the reader can take. */
export function slipwayError(
  code: ErrorCode,
  message: string,
  options: { next?: string; details?: Record<string, unknown>; cause?: unknown } = {},
): CodedError {
  return new CodedError({ code, status: errorCodes[code].status, message, ...options });
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** The JSON shape of an error on every wire of ours. */
export interface ErrorReply {
  error: { code: string; message: string; next: string; details: Record<string, unknown> };
}

export function toErrorReply(error: CodedError): ErrorReply {
  return { error: { code: error.code, message: error.message, next: error.next, details: { ...error.details } } };
}

/** The error that an {@link ErrorReply} carried. An unknown code (of a newer engine) is kept as it is. */
export function fromErrorReply(reply: ErrorReply, status: number): CodedError {
  return new CodedError({ ...reply.error, status });
}
