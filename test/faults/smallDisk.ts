import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of a chosen size, in memory. Only root may mount one. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Why there is none here; undefined when there is. */
  static readonly missing = tryMount();

  /** With `inodes` it takes so many files at most. */
  static mount(megabytes: number, inodes?: number): SmallDisk {
    const path = mkdtempSync(join(tmpdir(), "slipway-disk-"));
    execFileSync(
      "mount",
      ["-t", "tmpfs", "-o", `size=${megabytes}m${inodes === undefined ? "" : `,nr_inodes=${inodes}`}`, "tmpfs", path],
      { stdio: "pipe" },
    );
    return new SmallDisk(path);
  }

  /** Gives the disk another size, while it is in use. */
  resize(megabytes: number): void {
    execFileSync("mount", ["-o", `remount,size=${megabytes}m`, this.path], { stdio: "pipe" });
  }

  /** Bytes that may still be written. */
  freeKilobytes(): number {
    const [, line = ""] = execFileSync("df", ["-k", "--output=avail", this.path], { encoding: "utf8" }).split("\n");
    return Number(line);
  }

  dispose(): void {
    execFileSync("umount", ["-l", this.path], { stdio: "pipe" });
    rmSync(this.path, { recursive: true, force: true });
  }
}

function tryMount(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root for a disk of its own";
  const path = mkdtempSync(join(tmpdir(), "slipway-mount-"));
  try {
    mkdirSync(path, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "pipe" });
    execFileSync("umount", [path], { stdio: "pipe" });
    return undefined;
  } catch {
    return "needs the right to mount";
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
