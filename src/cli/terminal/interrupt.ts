/** Ctrl-C ended a command. The message says what goes on all the same, and how to come back to it. */
export class Interrupted extends Error {}

/**
 * Does work that Ctrl-C ends: the signal is aborted, the work cleans up, and `words` are what the person reads. A second
 * Ctrl-C ends the process at once. Work that was done already when it was pressed stays done.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, words: () => string): Promise<T> {
  const end = new AbortController();
  const interrupt = (): void => end.abort();
  process.once("SIGINT", interrupt);
  try {
    return await work(end.signal);
  } catch (thrown) {
    if (!end.signal.aborted) throw thrown;
    throw new Interrupted(words());
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}
