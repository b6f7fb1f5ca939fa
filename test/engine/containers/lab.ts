import { spawnSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Why nothing can be tried here; undefined when it can. */
export const skipReason = ((): string | undefined => {
  if (process.platform !== "linux") return "podman needs Linux";
  for (const [program, ...args] of [["podman", "--version"], ["runc", "--version"], ["busybox"]] as const) {
    if (spawnSync(program, args).error !== undefined) return `${program} is not installed`;
  }
  return undefined;
})();

/** Podman with a store and configuration of its own, and images that are made here, without any registry. */
export class Lab {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<Lab> {
    const lab = new Lab(await realpath(await mkdtemp(join(tmpdir(), "slipway-podman-"))));
    const { root } = lab;
    // What a plain machine does by itself: control groups, user limits and network of this one may be of any kind.
    await writeFile(
      join(root, "containers.conf"),
      [
        '[engine]\ncgroup_manager="cgroupfs"\nevents_logger="file"\nruntime="runc"',
        '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=4096:4096"]\n',
      ].join("\n"),
    );
    process.env["CONTAINERS_CONF"] = join(root, "containers.conf");
    process.env["CONTAINERS_STORAGE_CONF"] = join(root, "storage.conf");
    process.env["BUILDAH_ISOLATION"] = "chroot";
    // Overlays take no copies; where this file system cannot have them, vfs can do without.
    await lab.#storage("overlay");
    if (spawnSync("podman", ["info"]).status !== 0) await lab.#storage("vfs");
    return lab;
  }

  async #storage(driver: string): Promise<void> {
    const { root } = this;
    const lines = ["[storage]", `driver="${driver}"`, `graphroot="${root}/${driver}"`, `runroot="${root}/run"`, ""];
    await writeFile(join(root, "storage.conf"), lines.join("\n"));
  }

  /** Runs podman and returns what it prints. */
  podman(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("podman", args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`podman ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  /** Names of every container that is there, running or not. */
  containers(): string[] {
    return this.podman("ps", "--all", "--format", "{{.Names}}").split("\n").filter(Boolean);
  }

  /** A root file system of busybox, with further files by path. */
  async rootFolder(files: Record<string, string> = {}): Promise<string> {
    const folder = await mkdtemp(join(this.root, "rootfs-"));
    // It becomes the root of a file system, which every user may enter.
    await chmod(folder, 0o755);
    await mkdir(join(folder, "bin"), { recursive: true });
    await mkdir(join(folder, "tmp"), { mode: 0o777 });
    await copyWithLibraries("/bin/busybox", folder, "/bin/busybox");
    const names = spawnSync("busybox", ["--list"], { encoding: "utf8" }).stdout.split("\n").filter(Boolean);
    await Promise.all(
      names.filter((name) => name !== "busybox").map((name) => symlink("busybox", join(folder, "bin", name))),
    );
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { mode: 0o755 });
    }
    return folder;
  }

  /** The same with this machine's bash and Python in it. */
  async pythonFolder(files: Record<string, string> = {}): Promise<string> {
    const folder = await this.rootFolder(files);
    await copyWithLibraries("/bin/bash", folder, "/bin/bash");
    const python = await realpath("/usr/bin/python3");
    await copyWithLibraries(python, folder, "/usr/bin/python3");
    const version = spawnSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], {
      encoding: "utf8",
    });
    const library = version.stdout.trim();
    const left =
      /\/(?:__pycache__|test|idlelib|tkinter|lib2to3|ensurepip|distutils|dist-packages|config-[^/]*|pydoc_data|asyncio|email\/test|multiprocessing|unittest|xml|xmlrpc|sqlite3|curses|dbm|wsgiref|[^/]*\.pyc|lib-dynload\/_(?:test|codecs)[^/]*)$/u;
    await cp(library, join(folder, library), { recursive: true, filter: (path) => !left.test(path) });
    return folder;
  }

  /** Makes an image of a root folder. */
  async image(name: string, folder: string, ...options: string[]): Promise<void> {
    const archive = join(this.root, "image.tar");
    spawnSync("tar", ["-C", folder, "-cf", archive, "."]);
    this.podman("import", ...options, archive, name);
    await rm(archive);
  }

  async dispose(): Promise<void> {
    spawnSync("podman", ["rm", "--force", "--all"]);
    spawnSync("podman", ["rmi", "--force", "--all"]);
    // Files of other user ids in the store are removed by who may.
    const remove = process.getuid?.() === 0 ? ["rm"] : ["podman", "unshare", "rm"];
    spawnSync(remove[0] ?? "rm", [...remove.slice(1), "-rf", this.root]);
    for (const name of ["CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "BUILDAH_ISOLATION"]) {
      Reflect.deleteProperty(process.env, name);
    }
  }
}

async function copyWithLibraries(program: string, folder: string, to: string): Promise<void> {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  const libraries = [...stdout.matchAll(/(\/\S+)\s+\(0x/gu)].map(([, path = ""]) => path);
  for (const path of [program, ...libraries]) {
    const target = join(folder, path === program ? to : path);
    await mkdir(dirname(target), { recursive: true });
    await cp(await realpath(path), target);
  }
}
