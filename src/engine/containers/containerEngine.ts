import type { Clock } from "#base/clock.ts";
import type { Transport } from "#transport/transport.ts";
import { callEngine, lastWords } from "./engineCall.ts";

/** A container engine as it says what it is. */
export interface ContainerEngine {
  program: "podman" | "docker";
  /** The engine has no root rights: its root is the user. */
  rootless: boolean;
  /** False where a rootless engine has no range of user ids (`/etc/subuid`) to make an image's files with. */
  hasUserRange: boolean;
  /** As images name it: `amd64`, `arm64`. */
  arch: string;
  /** GPUs can be passed on: CDI's file for podman, NVIDIA's runtime for docker. */
  gpus: boolean;
  uid: number;
  gid: number;
}

/** A container engine of a machine, or why there is none that works. */
export type FoundEngine = { engine: ContainerEngine } | { engine: null; reason: string };

const ANSWER_WITHIN_MS = 20_000;
const cdiFiles = [
  "/etc/cdi/nvidia.yaml",
  "/var/run/cdi/nvidia.yaml",
  "/etc/cdi/nvidia.json",
  "/var/run/cdi/nvidia.json",
];

/** Looks for podman, then docker, on the PATH of a target. Throws only when the target cannot be reached. */
export async function findContainerEngine(transport: Transport, clock: Clock): Promise<FoundEngine> {
  const reasons: string[] = [];
  for (const program of ["podman", "docker"] as const) {
    const info = await infoOf(transport, program, clock);
    if (info === undefined) continue;
    if (typeof info === "string") {
      reasons.push(`${program} does not work: ${info}`);
      continue;
    }
    const [uid, gid, cdi] = await Promise.all([
      numberOf(transport, ["id", "-u"]),
      numberOf(transport, ["id", "-g"]),
      program === "podman" ? hasCdi(transport) : false,
    ]);
    const engine = program === "podman" ? podmanOf(info, cdi) : dockerOf(info);
    return { engine: { ...engine, uid, gid } };
  }
  return { engine: null, reason: reasons.join("; ") || "neither podman nor docker is on the PATH of the machine" };
}

type Info = Record<string, unknown>;

/** What the engine says of itself; a text for why it does not; undefined when it is not installed. */
async function infoOf(transport: Transport, program: string, clock: Clock): Promise<Info | string | undefined> {
  try {
    const limit = { clock, ms: ANSWER_WITHIN_MS };
    const end = await callEngine(transport, [program, "info", "--format", "{{json .}}"], { limit });
    if (end.late) return "it does not answer";
    if (end.code !== 0) return lastWords(end);
    const info = JSON.parse(end.out) as Info;
    const faults = info["ServerErrors"];
    return Array.isArray(faults) && faults.length > 0 ? String(faults[0]) : info;
  } catch (failure) {
    if ((failure as { code?: unknown }).code === "target-unreachable") throw failure;
    return failure instanceof SyntaxError ? "it does not say what it is" : undefined;
  }
}

/** @internal */
export function podmanOf(info: Info, cdi: boolean): Omit<ContainerEngine, "uid" | "gid"> {
  const host = (info["host"] ?? {}) as {
    arch?: string;
    security?: { rootless?: boolean };
    idMappings?: { uidmap?: { size: number }[] | null };
  };
  const rootless = host.security?.rootless === true;
  const ids = (host.idMappings?.uidmap ?? []).reduce((sum, { size }) => sum + size, 0);
  return { program: "podman", rootless, hasUserRange: !rootless || ids > 1, arch: host.arch ?? "", gpus: cdi };
}

const dockerArchitectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64", armv7l: "arm" };

/** @internal */
export function dockerOf(info: Info): Omit<ContainerEngine, "uid" | "gid"> {
  const machine = String(info["Architecture"] ?? "");
  const security = Array.isArray(info["SecurityOptions"]) ? info["SecurityOptions"].map(String) : [];
  return {
    program: "docker",
    rootless: security.some((option) => option.includes("rootless")),
    hasUserRange: true,
    arch: dockerArchitectures[machine] ?? machine,
    gpus: Object.hasOwn((info["Runtimes"] ?? {}) as object, "nvidia"),
  };
}

async function numberOf(transport: Transport, argv: readonly [string, ...string[]]): Promise<number> {
  return Number((await callEngine(transport, argv)).out.trim());
}

async function hasCdi(transport: Transport): Promise<boolean> {
  const { out } = await callEngine(transport, ["ls", "-d", "--", ...cdiFiles]);
  return out.trim() !== "";
}

/** Which user a job's program is. Files that it writes belong to the user of the target, whatever the engine. */
export function userOptions(engine: ContainerEngine): { options: string[]; isRoot: boolean } {
  const { program, rootless, uid, gid } = engine;
  if (rootless && program === "podman") return { options: ["--userns=keep-id"], isRoot: false };
  // Root of a rootless docker is the user.
  if (rootless) return { options: ["--user=0:0"], isRoot: true };
  return { options: [`--user=${uid}:${gid}`], isRoot: uid === 0 };
}
