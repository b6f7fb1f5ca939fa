import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque: the boot and the moment in it at which the process began. */
  start: string;
}

/** The identity of a living process; undefined when there is none (a zombie counts as gone). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const start = process.platform === "linux" ? await linuxStart(pid) : await psStart(pid);
  return start === undefined ? undefined : { pid, start };
}

/** True while exactly this process lives. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.start === identity.start;
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The second field, the program's name in brackets, may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || ticks === undefined) return undefined;
    return `${boot.trim()}/${ticks}`;
  } catch {
    return undefined;
  }
}

/** macOS and other Unixes: `ps` gives the start to the second. */
function psStart(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "stat=,lstart=", "-p", String(pid)], (failure, stdout) => {
      const [state, ...start] = stdout.trim().split(/\s+/);
      resolve(failure || !state || state.startsWith("Z") ? undefined : start.join(" "));
    });
  });
}
