import { startingPythons, type EnvironmentHost } from "./machine.ts";
import { callTarget } from "./targetProgram.ts";

interface DebuggerOptions extends EnvironmentHost {
  /** The environment whose programs will be debugged: its folder, or an interpreter. */
  base: string;
  log: (text: string) => Promise<void>;
  signal: AbortSignal;
}

/**
 * The folder that holds debugpy for an interpreter, installed beside the environments unless it is there. The environment itself
 * is not touched: a job's overlay refers to the folder. Throws what {@link callTarget} throws.
 */
export async function ensureDebugger({ base, log, ...host }: DebuggerOptions): Promise<string> {
  const decoder = new TextDecoder();
  let written = Promise.resolve();
  try {
    const { folder } = await callTarget<{ folder: string }>({
      ...host,
      pythons: startingPythons(undefined),
      request: { verb: "debugger", root: host.root, base, pythons: startingPythons(undefined) },
      onLog: (bytes) => {
        const text = decoder.decode(bytes, { stream: true });
        written = written.then(() => log(text));
      },
    });
    return folder;
  } finally {
    await written;
  }
}
