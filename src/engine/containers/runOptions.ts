import { createHash } from "node:crypto";
import { slipwayError } from "#contract/errors.ts";
import type { LaunchContainer } from "../compute/runner.ts";
import type { ReadyContainer } from "../core/ports/environments.ts";

/** A path that the program sees under its own name. */
export interface Mount {
  path: string;
  readOnly: boolean;
}

/** Sends SIGTERM on as a shell that is process 1 would not, and ends with the command's exit code. */
const standInForInit =
  'trap ":" TERM; "$@" 2>&1 & child=$!; while :; do wait "$child"; code=$?; kill -0 "$child" 2>/dev/null || exit "$code"; done';

/** The command as the container's first process. Both streams are one from the start, so that the log keeps their order. */
export function containerArgv({ init, shell }: ReadyContainer, text: string): [string, ...string[]] {
  return ["/bin/sh", "-c", init ? 'exec "$@" 2>&1' : standInForInit, "sh", shell, "-c", text];
}

/** How the container of an attempt is made. `home` is a folder for the program's own files where it is not root. */
export function containerOf(
  ready: ReadyContainer,
  attempt: { folder: string; job: string; mounts: readonly Mount[]; gpus: readonly string[] | null; home: string },
): LaunchContainer {
  const digest = createHash("sha256").update(attempt.folder).digest("hex").slice(0, 20);
  const mounts = ready.isRoot ? attempt.mounts : [...attempt.mounts, { path: attempt.home, readOnly: false }];
  return {
    program: ready.program,
    name: `slipway-${digest}`,
    options: [
      ...(ready.init ? ["--init"] : []),
      // The program's tracking server listens on the loopback of the machine, and downloads go as any program's.
      "--network=host",
      `--label=slipway.job=${attempt.job}`,
      ...ready.user,
      "--log-driver=none",
      // Podman bounds the processes by itself.
      ...(ready.program === "podman" ? ["--pull=never", "--security-opt=label=disable"] : ["--pids-limit=4096"]),
      ...gpuOptions(ready, attempt.gpus),
      ...joined(mounts).map(mountOption),
      `--workdir=${attempt.folder}/wd`,
      // A job's own limits come last and win.
      ...ready.resources,
    ],
    image: ready.image,
  };
}

/** GPUs that a job has leased; without a lease all that can be passed on, as for a plain process. */
function gpuOptions({ program, gpus }: ReadyContainer, leased: readonly string[] | null): string[] {
  if (program === "podman") {
    if (leased === null) return gpus ? ["--device=nvidia.com/gpu=all"] : [];
    return leased.map((uuid) => `--device=nvidia.com/gpu=${uuid}`);
  }
  if (leased === null) return gpus ? ["--gpus=all"] : [];
  // Quotes of its own: docker reads a list there, whose parts a comma ends.
  return leased.length === 0 ? [] : [`--gpus="device=${leased.join(",")}"`];
}

/** Each path once; one that is written somewhere is not read-only. */
function joined(mounts: readonly Mount[]): Mount[] {
  const byPath = new Map<string, Mount>();
  for (const mount of mounts) {
    const known = byPath.get(mount.path);
    byPath.set(mount.path, { ...mount, readOnly: mount.readOnly && (known?.readOnly ?? true) });
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function mountOption({ path, readOnly }: Mount): string {
  if (!path.includes(":")) return `--volume=${path}:${path}:${readOnly ? "ro" : "rw"}`;
  if (!path.includes(",")) return `--mount=type=bind,source=${path},target=${path}${readOnly ? ",readonly" : ""}`;
  throw slipwayError("input-unavailable", `A container cannot be given ${path}: its name holds a colon and a comma.`, {
    next: "Rename the folder, or run without a container (`--runtime python`).",
  });
}
