import * as z from "zod";
import { slipwayError } from "#contract/errors.ts";
import type { ExitRecord, FoundAttempt, LaunchState } from "../runner.ts";

/** What a target says is checked before anybody believes it: a job can write into its own folder. */
const time = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);

const Exit = z.object({
  code: z.int().min(0).max(255).nullable(),
  signal: z.string().max(40).nullable(),
  reason: z.enum(["exited", "canceled", "timeout", "launcher_lost", "start_failed"]),
  started_at: time.nullable(),
  ended_at: time,
  duration_ms: time.nullable(),
  evidence: z.record(z.string(), z.unknown()),
});

const State = z.object({
  phase: z.enum(["starting", "running", "exited"]),
  boot_id: z.string().max(1000),
  started_at: time.nullable(),
});

const Probe = z.object({
  python: z.string().max(200),
  hostname: z.string().max(1000),
  boot_id: z.string().max(1000),
  cores: z.number().min(1),
  cpu: z.string().max(1000).default(""),
  kernel: z.string().max(1000).default(""),
  memory_bytes: time,
  disk_free_bytes: time,
  container: z.record(z.string(), z.string().nullable()).default({}),
  scheduler: z.string().max(40).nullable().default(null),
  gpus: z.array(
    z.object({
      uuid: z.string().max(200),
      index: z.int().nonnegative(),
      name: z.string().max(200),
      memory_bytes: time,
      driver: z.string().max(200).nullable(),
    }),
  ),
});

const Found = z.object({
  folder: z.string(),
  workspace: z.string(),
  job: z.string(),
  attempt: z.int().positive(),
  marker: z.string().min(1),
  command: z.string(),
  gpus: z.array(z.string()),
  run: z.object({ run_name: z.string().optional(), user_id: z.string().optional() }),
  experiment: z.string().min(1),
});

/** How an attempt ended. What cannot be an exit record is the loss of one, said with what came instead. */
export function parseExit(answer: unknown, now: number): ExitRecord {
  const parsed = Exit.safeParse(answer);
  if (parsed.success) return parsed.data;
  const words = `the target's record of its end cannot be read: ${JSON.stringify(answer)?.slice(0, 200)}`;
  const unknown = { code: null, signal: null, started_at: null, duration_ms: null };
  return { ...unknown, reason: "launcher_lost", ended_at: now, evidence: { words } };
}

/** What the launcher says of a living attempt; undefined when that says nothing. */
export function parseState(answer: unknown): LaunchState | undefined {
  return State.safeParse(answer).data;
}

/** What the target says it is and has. Throws `target-fault`. */
export function parseProbe(text: string): z.infer<typeof Probe> {
  const parsed = Probe.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw notUnderstood(text);
}

/** What the start of an attempt was answered with. Throws `target-fault`. */
export function parseStart(text: string): "started" | "duplicate" {
  const answer = parseJson(text) as { status?: unknown; message?: unknown } | null | undefined;
  if (answer?.status === "started" || answer?.status === "duplicate") return answer.status;
  const words = typeof answer?.message === "string" ? answer.message.slice(0, 2000) : undefined;
  if (words === undefined) throw notUnderstood(text);
  throw slipwayError("target-fault", `The launcher did not start the job: ${words}`);
}

/** Attempts that a target holds; lines that say none are left out. */
export function parseFound(text: string): FoundAttempt[] {
  return text.split("\n").flatMap((line) => Found.safeParse(parseJson(line)).data ?? []);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function notUnderstood(text: string): Error {
  return slipwayError("target-fault", `The target's answer is not understood: ${text.slice(0, 200)}`);
}
