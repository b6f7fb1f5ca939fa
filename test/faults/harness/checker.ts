import { isTerminal, jobStatuses, type JobStatus } from "#contract/entities/jobStatus.ts";
import { mayFollow, mlflowStatus } from "#engine/core/jobStatus.ts";
import type { Seen } from "./history.ts";
import { lineOf, logOf, metricValue } from "./program.ts";
import type { Truth } from "./truth.ts";

/** What the engine says of a job when all is over. */
export interface FinalJob {
  status: JobStatus;
  errorClass: string | null;
  attempt: number;
  /** Every change of its status, in order, as the store holds it. */
  changes: { from: JobStatus | null; to: JobStatus }[];
  /** The status of its MLflow run. */
  run: string;
  log: Buffer;
  metrics: { step: number; value: number }[];
  /** Files, with the hash that is listed and that of the bytes that were read. */
  files: { path: string; listed: string | null; read: string }[];
}

export interface Evidence {
  seen: readonly Seen[];
  truths: ReadonlyMap<string, Truth>;
  finals: ReadonlyMap<string, FinalJob>;
  /** SQLite's answer to `integrity_check`. */
  integrity: string;
  limits: { memoryBytes: number; startMs: number };
}

export interface Violation {
  invariant: `I${number}`;
  words: string;
}

type Check = (evidence: Evidence) => string[];

/** The invariants that hold after every fault. */
const checks: Readonly<Record<`I${number}`, Check>> = {
  /** What was accepted is there after any crash, in a store that is whole. */
  I1: ({ seen, finals, integrity }) => [
    ...(integrity === "ok" ? [] : [`the database says ${integrity}`]),
    ...seen.flatMap((each) =>
      each.what === "submit" && each.outcome === "accepted" && !finals.has(each.job)
        ? [`${each.job} was accepted and is gone`]
        : [],
    ),
    ...[...finals.keys()].flatMap((job) => {
      const outcomes = seen.flatMap((each) => (each.what === "submit" && each.job === job ? [each.outcome] : []));
      const refused = outcomes.length > 0 && outcomes.every((outcome) => outcome === "refused");
      return refused ? [`${job} was refused and is there`] : [];
    }),
  ],

  /** No attempt runs twice, and nothing runs that nobody knows of. */
  I2: ({ truths, finals }) =>
    [...truths].flatMap(([job, { starts }]) => {
      const final = finals.get(job);
      const twice = starts.filter((marker, index) => starts.indexOf(marker) !== index);
      return [
        ...twice.map((marker) => `the attempt ${marker} was started twice`),
        ...(starts.length > (final?.attempt ?? 0)
          ? [`${job} was started ${starts.length} times in ${final?.attempt ?? 0} attempts`]
          : []),
      ];
    }),

  /** Statuses go forward along the graph, and an end stays. */
  I3: ({ seen, finals }) => {
    const words: string[] = [];
    const last = new Map<string, JobStatus>();
    for (const each of seen) {
      if (each.what !== "status") continue;
      const before = last.get(each.job);
      if (before !== undefined && !reachable(before, each.status)) {
        words.push(`${each.job} was seen as ${before}, then as ${each.status}`);
      }
      last.set(each.job, each.status);
    }
    for (const [job, final] of finals) {
      const before = last.get(job);
      if (before !== undefined && !reachable(before, final.status)) {
        words.push(`${job} was seen as ${before} and ended as ${final.status}`);
      }
      let at: JobStatus | null = null;
      for (const { from, to } of final.changes) {
        if (from !== at || (from !== null && !mayFollow(from, to)))
          words.push(`${job} went from ${at} by ${from} to ${to}`);
        at = to;
      }
      if (isTerminal(final.status) && final.run !== mlflowStatus(final.status)) {
        words.push(`${job} is ${final.status}, its run is ${final.run}`);
      }
      if (at !== final.status) words.push(`${job} is ${final.status}, its last change was to ${at}`);
    }
    return words;
  },

  /** The end is the true one: the target's word, not a guess. */
  I4: (evidence) =>
    [...evidence.finals].flatMap(([job, final]) => {
      const truth = evidence.truths.get(job);
      if (!truth || !isTerminal(final.status)) return [];
      const wrong = wrongEnd(job, final, truth, evidence);
      return wrong === undefined ? [] : [`${job} is ${final.status} (${final.errorClass}), but ${wrong}`];
    }),

  /** Logs are what was written: in order, no gap, no repeat, nothing lost that was written. */
  I5: ({ seen, finals, truths }) => {
    const words: string[] = [];
    for (const each of seen) {
      if (each.what !== "log") continue;
      const whole = expectedLog(truths.get(each.job));
      const bytes = Buffer.from(each.bytes, "base64");
      if (whole === undefined || !whole.subarray(each.offset, each.offset + bytes.length).equals(bytes)) {
        words.push(`a reader of ${each.job} got other bytes at ${each.offset}`);
      }
    }
    for (const [job, { log }] of finals) {
      const truth = truths.get(job);
      const whole = expectedLog(truth);
      if (!truth || whole === undefined) continue;
      if (!whole.subarray(0, log.length).equals(log)) words.push(`the log of ${job} is not what was written`);
      // The power takes what a program wrote and nobody had synced yet; of a job that was over nothing.
      if (powerLostAt(seen) < endSeen(seen, job)) continue;
      const written = truth.end === null ? writtenBytes(truth.lines) : whole.length;
      if (log.length < written) words.push(`the log of ${job} has ${log.length} of ${written} bytes`);
    }
    return words;
  },

  /** A file that is shown is whole. */
  I6: ({ finals, truths }) =>
    [...finals].flatMap(([job, { status, files }]) => {
      const bad = files.filter(({ listed, read }) => listed !== null && listed !== read);
      const output = truths.get(job)?.output ?? null;
      const lost = (truths.get(job)?.uploads ?? []).filter(
        ({ path, sha256 }) => !files.some((file) => file.path === path && file.read === sha256),
      );
      const missing = status === "Completed" && output !== null && !files.some(({ read }) => read === output);
      return [
        ...bad.map(({ path }) => `${path} of ${job} is not what its hash says`),
        ...lost.map(({ path }) => `the upload ${path} of ${job} is lost`),
        ...(missing ? [`the output of ${job} is not among its files`] : []),
      ];
    }),

  /** A metric that was acknowledged is there once, whatever was sent again. */
  I7: ({ finals, truths }) =>
    [...finals].flatMap(([job, { metrics }]) => {
      const truth = truths.get(job);
      if (!truth) return [];
      const steps = metrics.map(({ step }) => step);
      return [
        ...truth.metrics.filter((step) => !steps.includes(step)).map((step) => `metric ${step} of ${job} is lost`),
        ...steps
          .filter((step, index) => steps.indexOf(step) !== index)
          .map((step) => `metric ${step} of ${job} is there twice`),
        ...metrics
          .filter(({ step, value }) => value !== metricValue(step))
          .map(({ step }) => `metric ${step} of ${job} has another value`),
      ];
    }),

  /** Of a job that is over nothing runs any more. */
  I8: ({ finals, truths }) =>
    [...truths].flatMap(([job, { left }]) => {
      const over = isTerminal(finals.get(job)?.status ?? "Running");
      return over && left.length > 0 ? [`of ${job}, which is over, run still ${left.join(", ")}`] : [];
    }),

  /** Memory is bounded. */
  I9: ({ seen, limits }) =>
    seen.flatMap((each) =>
      each.what === "memory" && each.bytes > limits.memoryBytes
        ? [`${each.process} held ${Math.round(each.bytes / 1e6)} MB`]
        : [],
    ),

  /** Every call is answered or fails in its time, and every job comes to its end. */
  I10: ({ seen, finals }) => [
    ...seen.flatMap((each) => (each.what === "call" && each.outcome === "hung" ? [`${each.call} hung`] : [])),
    ...[...finals].flatMap(([job, { status }]) => (isTerminal(status) ? [] : [`${job} stays ${status}`])),
  ],

  /** The engine is back soon, by itself. */
  I11: ({ seen, limits }) =>
    seen.flatMap((each) =>
      each.what === "start" && each.ms > limits.startMs ? [`a start took ${Math.round(each.ms)} ms`] : [],
    ),
};

/** Everything that must hold and does not. */
export function check(evidence: Evidence): Violation[] {
  return (Object.entries(checks) as [`I${number}`, Check][]).flatMap(([invariant, find]) =>
    find(evidence).map((words) => ({ invariant, words })),
  );
}

function reachable(from: JobStatus, to: JobStatus): boolean {
  if (from === to) return true;
  return jobStatuses.some((next) => mayFollow(from, next) && reachable(next, to));
}

/** When the power went; infinite when it did not. */
function powerLostAt(seen: readonly Seen[]): number {
  const at = seen.findIndex((each) => each.what === "fault" && each.fault === "power lost");
  return at < 0 ? Infinity : at;
}

/** When the job was first seen as over; infinite when it never was. */
function endSeen(seen: readonly Seen[], job: string): number {
  const at = seen.findIndex((each) => each.what === "status" && each.job === job && isTerminal(each.status));
  return at < 0 ? Infinity : at;
}

function wrongEnd(job: string, final: FinalJob, { end }: Truth, { seen }: Evidence): string | undefined {
  const canceled = seen.some((each) => each.what === "cancel" && each.job === job && each.outcome !== "refused");
  const struck = (fault: string) =>
    seen.some((each) => each.what === "fault" && (each.job ?? job) === job && each.fault === fault);
  const lost = struck("keeper killed") || struck("power lost");
  switch (final.status) {
    case "Completed":
      return end === 0 ? undefined : `its program ${end === null ? "did not come to its end" : `ended with ${end}`}`;
    case "Canceled":
      return canceled ? undefined : "nobody cancelled it";
    default:
      if (lost && (final.errorClass === "launcher_lost" || final.errorClass === "host_restarted")) return undefined;
      if (end === null && struck("memory limit") && final.errorClass === "memory") return undefined;
      if (end === null && struck("time limit") && final.errorClass === "timeout") return undefined;
      if (end === 0) return "its program ended with 0";
      if (end === null) return "its program was still at work";
      return final.errorClass === "exit" ? undefined : `its program ended by itself with ${end}`;
  }
}

function expectedLog(truth: Truth | undefined): Buffer | undefined {
  return truth && Buffer.from(logOf(truth.program));
}

function writtenBytes(lines: number): number {
  let bytes = 0;
  for (let index = 0; index < lines; index++) bytes += lineOf(index).length;
  return bytes;
}
