import { CodedError } from "#base/errors.ts";
import { slipwayError, type ErrorCode } from "#contract/errors.ts";

/** MLflow's error codes that this server answers, with the HTTP status each travels under. */
const mlflowErrors = {
  INVALID_PARAMETER_VALUE: { status: 400, code: "invalid-request" },
  BAD_REQUEST: { status: 400, code: "invalid-request" },
  RESOURCE_ALREADY_EXISTS: { status: 400, code: "conflict" },
  INVALID_STATE: { status: 400, code: "conflict" },
  UNAUTHENTICATED: { status: 401, code: "unauthenticated" },
  PERMISSION_DENIED: { status: 403, code: "forbidden" },
  RESOURCE_DOES_NOT_EXIST: { status: 404, code: "not-found" },
  ENDPOINT_NOT_FOUND: { status: 404, code: "not-found" },
  REQUEST_TOO_LARGE: { status: 413, code: "too-large" },
  NOT_IMPLEMENTED: { status: 501, code: "unavailable" },
  TEMPORARILY_UNAVAILABLE: { status: 503, code: "unavailable" },
  INTERNAL_ERROR: { status: 500, code: "internal" },
} as const satisfies Record<string, { status: number; code: ErrorCode }>;

export type MlflowErrorCode = keyof typeof mlflowErrors;

/** An error that an MLflow client is meant to see. It crosses the store's threads like any coded error. */
export function mlflowFault(errorCode: MlflowErrorCode, message: string): CodedError {
  return slipwayError(mlflowErrors[errorCode].code, message, { details: { mlflow: errorCode } });
}

/** Most faults are this one: the request says something it must not. */
export function invalidParameter(message: string): CodedError {
  return mlflowFault("INVALID_PARAMETER_VALUE", message);
}

/** A stretch of a filter: from the character `at` to before `end`. */
export interface Place {
  at: number;
  end: number;
}

/** The same fault with the place in the filter that it speaks of, for who shows it there. A fault that names one keeps it. */
export function atPlace(thrown: unknown, place: Place): unknown {
  if (!(thrown instanceof CodedError) || "place" in thrown.details) return thrown;
  const { code, status, message, next, details } = thrown;
  return new CodedError({ code, status, message, next, details: { ...details, place }, cause: thrown });
}

export interface MlflowError {
  status: number;
  body: { error_code: string; message: string };
}

const byOwnCode: Partial<Record<string, MlflowErrorCode>> = {
  "not-found": "RESOURCE_DOES_NOT_EXIST",
  unauthenticated: "UNAUTHENTICATED",
  forbidden: "PERMISSION_DENIED",
  "forbidden-host": "PERMISSION_DENIED",
  "forbidden-origin": "PERMISSION_DENIED",
  "too-large": "REQUEST_TOO_LARGE",
  "invalid-request": "INVALID_PARAMETER_VALUE",
  conflict: "INVALID_STATE",
  "path-outside": "INVALID_PARAMETER_VALUE",
  unavailable: "TEMPORARILY_UNAVAILABLE",
  "store-read-only": "TEMPORARILY_UNAVAILABLE",
};

/** What a thrown thing looks like on the MLflow wire. Anything that is not a fault of the request is INTERNAL_ERROR. */
export function toMlflowError(thrown: unknown): MlflowError {
  if (thrown instanceof CodedError) {
    const named = thrown.details["mlflow"];
    const errorCode = typeof named === "string" && named in mlflowErrors ? named : byOwnCode[thrown.code];
    if (errorCode) {
      const { status } = mlflowErrors[errorCode as MlflowErrorCode];
      const next = thrown.next ? ` ${thrown.next}` : "";
      return { status, body: { error_code: errorCode, message: thrown.message + next } };
    }
    return { status: thrown.status, body: { error_code: "INTERNAL_ERROR", message: thrown.message } };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { status: 500, body: { error_code: "INTERNAL_ERROR", message } };
}
