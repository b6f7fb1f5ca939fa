import type { Clock } from "#base/clock.ts";
import type { Progress } from "#contract/entities/progress.ts";
import type { EventBus } from "./events.ts";

/** Told how far work has come, as often as it likes. */
export type OnProgress = (progress: Progress) => void;

/** Files and bytes that are done, of how many. */
export interface FileCount {
  files: number;
  bytes: number;
  totalFiles: number | null;
  totalBytes: number | null;
}

/** Between two events of one phase, in milliseconds: more often nobody reads it. */
const intervalMs = 100;

/**
 * Tells clients how far the work on one subject has come: a job by its name, or an operation that a client has named.
 * Several pieces of work may go on at once; what is told is the one whose lane comes first.
 */
export class ProgressReport {
  readonly #options: { bus: EventBus; clock: Clock; workspace: string; subject: string };
  readonly #lanes = new Map<string, Progress>();
  #told: { phase: string; at: number } | undefined;

  constructor(options: { bus: EventBus; clock: Clock; workspace: string; subject: string }) {
    this.#options = options;
  }

  /** Does work that tells its progress; what it told is over when it ends. Lanes come in the order of their names. */
  async during<T>(lane: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
    let isOver = false;
    try {
      return await work((progress) => {
        if (!isOver) this.#set(lane, progress);
      });
    } finally {
      isOver = true;
      if (this.#lanes.delete(lane)) this.#tell(true);
    }
  }

  #set(lane: string, progress: Progress): void {
    this.#lanes.set(lane, progress);
    const whole = progress.total_bytes !== null && progress.bytes === progress.total_bytes;
    this.#tell(whole);
  }

  #tell(atOnce: boolean): void {
    const { bus, clock, workspace, subject } = this.#options;
    const first = [...this.#lanes.keys()].sort()[0];
    const progress = first === undefined ? null : (this.#lanes.get(first) ?? null);
    const now = clock.monotonic();
    const phase = `${first} ${progress?.phase}`;
    if (!atOnce && this.#told?.phase === phase && now - this.#told.at < intervalMs) return;
    this.#told = { phase, at: now };
    bus.publish({ type: "progress", workspace, subject, progress });
  }
}

/** Progress that is counted in files and bytes. */
export function countProgress(phase: Progress["phase"], detail: string, count: FileCount): Progress {
  return {
    phase,
    detail,
    items: count.files,
    total_items: count.totalFiles,
    bytes: count.bytes,
    total_bytes: count.totalBytes,
  };
}
