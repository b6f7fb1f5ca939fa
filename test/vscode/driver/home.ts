import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh folder that holds everything one run leaves behind: SLIPWAY_HOME, VS Code's data, its extensions. */
export function makeRunFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `slipway-${name}-`));
}

/** The processes (other than this one) whose environment says that they belong to `home`. Linux only; none elsewhere. */
function processesOf(home: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`SLIPWAY_HOME=${home}`);
      } catch {
        return false; // gone, or another user's
      }
    })
    .map(Number);
}

/** Ends what was started under `home` (the engine and its jobs outlive the window on purpose) and removes the folder. */
export function endRunFolder(folder: string, home: string): void {
  for (let round = 0; round < 5; round++) {
    const left = processesOf(home);
    if (left.length === 0) break;
    for (const pid of left) endProcess(pid);
  }
  if (!process.env["SLIPWAY_KEEP_TEST_FOLDERS"]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // already gone
  }
}
