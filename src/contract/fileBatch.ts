/**
 * Many small files in one reply of raw bytes. For each path, in the order asked: a line of JSON (a {@link FileFrame})
 * and then exactly its `bytes`. A reply that does not come to the last path is not whole.
 */
export interface FileFrame {
  path: string;
  /** Null for a file that is not in this reply: it is too large, gone or damaged, and is asked for alone. */
  bytes: number | null;
}

/** Larger files are asked for one by one. */
export const batchFileBytes = 256 * 1024;

/** At most so many paths in one request. */
export const batchFiles = 2000;
