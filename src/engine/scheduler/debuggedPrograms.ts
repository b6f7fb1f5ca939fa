import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DebuggedProgram, type JobDebugging } from "#contract/routes/debug.ts";
import { slipwayError } from "#contract/errors.ts";
import type { JobPlan } from "../core/jobPlan.ts";
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

  constructor(options: { store: Store; targets: Targets }) {
    this.#store = options.store;
    this.#targets = options.targets;
  }

  async of(job: JobRow): Promise<JobDebugging> {
    const { debug, snapshot } = JSON.parse(job.plan) as JobPlan;
    const place = await this.#place(job);
    const remote = place === undefined || snapshot === null ? null : `${place.folder}/wd`;
    return {
      debug: debug !== undefined,
      code: { local: debug?.codeRoot ?? null, remote },
      programs: debug === undefined || place === undefined ? [] : await listening(place.target, place.folder),
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

  async #place(job: JobRow): Promise<{ target: Target; folder: string } | undefined> {
    const attempt = await this.#store.read("jobAttempt", { runId: job.run_id, attempt: job.attempt });
    const target = attempt && this.#targets.get(attempt.compute);
    return target && attempt.folder !== "" ? { target, folder: attempt.folder } : undefined;
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
