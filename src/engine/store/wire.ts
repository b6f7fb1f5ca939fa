import type { MessagePort } from "node:worker_threads";
import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import { storeFault } from "./storeFault.ts";

/** Main thread → worker: run the named function. */
export interface Call {
  id: number;
  name: string;
  args: unknown;
}

/** What became of a call. An error is plain, since classes do not travel between threads. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: PlainError };

/** Worker → main thread. Results of one commit travel together. */
export type Answer = { id: number } & Outcome;

/** Writer → main thread: the disk takes nothing more, or (undefined) it does again. */
export interface Refusal {
  refusal: PlainError | undefined;
}

/** Main thread → writer: load a module that lives in this thread from now on, see guest.ts. */
export interface Invitation {
  guest: string;
  options: unknown;
  port: MessagePort;
}

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

export function fromPlain(plain: PlainError): CodedError {
  if (plain.coded) return new CodedError(plain);
  return storeFault(plain.code, plain.message) ?? slipwayError("internal", plain.message, { details: plain.details });
}
