import { startingPythons, type EnvironmentHost } from "./machine.ts";
import { callTarget } from "./targetProgram.ts";

/**
 * Puts the debugger into running Python programs of an attempt: all, or the one with `pid`. They say in files of `folder` where they
 * listen from then on. Throws `forbidden` where the machine does not allow that and `conflict` where there is no such program, each
 * with the reason and the next step.
 */
export async function attachToPrograms(
  options: EnvironmentHost & { marker: string; folder: string; pid: number | undefined },
): Promise<void> {
  const { marker, folder, pid, ...host } = options;
  const pythons = startingPythons(host.pythonSetting);
  await callTarget({
    ...host,
    pythons,
    request: { verb: "attach", root: host.root, marker, folder, pythons, ...(pid === undefined ? {} : { pid }) },
  });
}
