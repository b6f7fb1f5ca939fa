import { CodedError } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";

/** The code by which SQLite says that a file is not what it should be. All else is no reason to give a database up. */
export function isDamage(code: string | undefined): boolean {
  return code !== undefined && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** SQLite's own codes as errors of our closed list, with its words kept; undefined for what is no fault of the store. */
export function storeFault(code: string | undefined, message: string): CodedError | undefined {
  if (code === undefined) return undefined;
  if (/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/.test(code)) {
    return slipwayError("disk-full", "The store's disk is full; nothing was written.", {
      next: "Free some space (`slipway gc` removes what is no longer needed); running jobs go on.",
    });
  }
  if (/^(SQLITE_IOERR|SQLITE_READONLY|SQLITE_CANTOPEN|EROFS|EIO)/.test(code)) {
    return slipwayError("store-read-only", `The store cannot be written: ${message}.`, {
      next: "Check the disk that holds SLIPWAY_HOME.",
    });
  }
  if (isShortage(code, message)) {
    return slipwayError("unavailable", `Too many files are open, or too many processes run: ${message}.`, {
      next: "Raise the limits (`ulimit -n`, `ulimit -u`) where the engine is started, and restart the engine.",
    });
  }
  if (isDamage(code)) {
    return slipwayError("store-corrupt", `The store is damaged: ${message}.`, {
      next: "Restart the engine: it sets the damaged file aside and restores the newest copy.",
    });
  }
  return undefined;
}

/** Whether the store takes nothing at the moment for a reason that ends by itself or by somebody's hand. */
export function isPassing(failure: unknown): failure is CodedError {
  return failure instanceof CodedError && (failure.code === "disk-full" || failure.code === "store-read-only");
}

/** Whether this machine has no more of what every process needs at the moment: open files, or processes. */
export function isShortage(code: string | undefined, message: string): boolean {
  if (code === "ERR_WORKER_INIT_FAILED") return /EMFILE|ENFILE|EAGAIN/.test(message);
  return code === "EMFILE" || code === "ENFILE" || code === "EAGAIN";
}
