import { CodedError } from "#base/errors.ts";

/** Main thread → worker: run the named function. */
export interface Call {
  id: number;
  name: string;
  args: unknown;
}

/** Worker → main thread. Results of one commit travel together. */
export type Answer = { id: number; ok: true; value: unknown } | { id: number; ok: false; error: PlainError };

export interface PlainError {
  message: string;
  code: string;
  status: number;
  next: string;
  details: Record<string, unknown>;
  coded: boolean;
}

export interface WorkerData {
  path: string;
  /** Rung after each call, for a thread that listens to it. */
  bell: SharedArrayBuffer;
}

export function toPlain(thrown: unknown): PlainError {
  if (thrown instanceof CodedError) {
    return {
      message: thrown.message,
      code: thrown.code,
      status: thrown.status,
      next: thrown.next,
      details: { ...thrown.details },
      coded: true,
    };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = (error as { code?: unknown }).code;
  return {
    message: error.message,
    code: typeof code === "string" ? code : "",
    status: 500,
    next: "",
    details: { stack: error.stack ?? "" },
    coded: false,
  };
}
