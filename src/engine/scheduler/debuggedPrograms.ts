import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DebuggedProgram, type JobDebugging } from "#contract/routes/debug.ts";
import { slipwayError } from "#contract/errors.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { JobPlan } from "../core/jobPlan.ts";
import { attachToPrograms } from "../environments/attach.ts";
import type { Target, Targets } from "../jobs/targets.ts";
import type { JobRow } from "../store/queries/jobs.ts";
import type { Store } from "../store/store.ts";
import { debugFolder } from "./debugDoor.ts";
import { withLocalFile } from "./localFile.ts";
import { run } from "./targetCommands.ts";

/** The Python programs of jobs that listen for a debugger, as they say it themselves in files of their attempt. */
export class DebuggedPrograms {
  readonly #store: Store;
  readonly #targets: Targets;
  readonly #pythonFolder: string;

  constructor(options: { store: Store; targets: Targets; pythonFolder: string }) {
    this.#store = options.store;
    this.#targets = options.targets;
    this.#pythonFolder = options.pythonFolder;
  }

  async of(job: JobRow): Promise<JobDebugging> {
    const { debug, codePath, snapshot } = JSON.parse(job.plan) as JobPlan;
    const place = await this.#place(job);
    const remote = place === undefined || snapshot === null ? null : `${place.folder}/wd`;
    return {
      debug: debug !== undefined,
      code: { local: debug?.codeRoot ?? codePath ?? null, remote },
      programs: place === undefined ? [] : await listening(place.target, place.folder),
    };
  }

  /** Programs that are started from now on do not wait. Throws `conflict` for a job that was not submitted with `debug`. */
  async release(job: JobRow): Promise<void> {
    const place = await this.#place(job);
    if ((JSON.parse(job.plan) as JobPlan).debug === undefined || place === undefined) {
      throw slipwayError("conflict", `The programs of ${job.name} wait for no debugger.`);
    }
    const folder = debugFolder(place.folder);
    await run(place.target.transport, ["mkdir", "-p", "-m", "700", folder]);
    await run(place.target.transport, ["touch", `${folder}/released`]);
  }

  /**
   * Makes the job's running Python programs (all, or the one with `pid`) listen, also when the job was not submitted with `debug`.
   * Throws `conflict` for a job that does not run, and what {@link attachToPrograms} throws.
   */
  async attach(job: JobRow, pid: number | undefined): Promise<void> {
    const place = await this.#place(job);
    if (place === undefined || isTerminal(job.status)) {
      throw slipwayError("conflict", `The job ${job.name} is ${job.status}: no program of it runs.`, {
        next: "Attach while it runs, or submit it with debug: true.",
      });
    }
    const { target, folder, marker } = place;
    await attachToPrograms({
      ...{ transport: target.transport, root: target.root, pythonFolder: this.#pythonFolder },
      ...{ marker, folder: debugFolder(folder), pid },
    });
  }

  async #place(job: JobRow): Promise<{ target: Target; folder: string; marker: string } | undefined> {
    const attempt = await this.#store.read("jobAttempt", { runId: job.run_id, attempt: job.attempt });
    const target = attempt && this.#targets.get(attempt.compute);
    return target && attempt.folder !== "" ? { target, folder: attempt.folder, marker: attempt.marker } : undefined;
  }
}

async function listening(target: Target, attemptFolder: string): Promise<DebuggedProgram[]> {
  try {
    return await withLocalFile(target.transport, debugFolder(attemptFolder), async (folder) => {
      const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
      const notes = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "null")));
      // A program may end, and its note go, while the folder is read.
      const programs = notes.flatMap((note) => DebuggedProgram.safeParse(JSON.parse(note)).data ?? []);
      return programs.sort((a, b) => a.at - b.at || a.pid - b.pid);
    });
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw failure;
  }
}
