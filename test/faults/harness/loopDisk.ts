import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real file system in a file, which can be had again as it would be after the power had gone. Root alone may mount one. */
export class LoopDisk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "disk");
  }

  /** Why there is none here; undefined when there is. */
  static get missing(): string | undefined {
    return tryMount();
  }

  static make(megabytes: number): LoopDisk {
    const folder = mkdtempSync(join(tmpdir(), "slipway-loop-"));
    run("truncate", "-s", `${megabytes}M`, join(folder, "image"));
    run("mkfs.ext4", "-q", "-F", join(folder, "image"));
    const disk = new LoopDisk(folder);
    mkdirSync(disk.path);
    disk.#mount("image");
    return disk;
  }

  /** Keeps what is on the disk at this moment: what was written and not synced may not be. Let nobody write meanwhile. */
  cut(): void {
    run("cp", "--sparse=always", join(this.#folder, "image"), join(this.#folder, "cut"));
  }

  /** Puts what {@link cut} kept in the place of what was written since. Nobody may use the disk. */
  reboot(): void {
    // What was killed may take a moment to let go of it.
    run("umount", "-l", this.path);
    this.#mount("cut");
  }

  dispose(): void {
    run("umount", "-l", this.path);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #mount(image: string): void {
    run("mount", "-o", "loop,noatime", join(this.#folder, image), this.path);
  }
}

function run(program: string, ...words: string[]): void {
  execFileSync(program, words, { stdio: "pipe" });
}

function tryMount(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root for a disk of its own";
  try {
    LoopDisk.make(8).dispose();
    return undefined;
  } catch {
    return "needs loop devices and mkfs.ext4";
  }
}
