import type { CloneOf } from "#contract/entities/submit.ts";
import type { GitState } from "#contract/entities/job.ts";
import type { LoadedEnvironmentField } from "#spec/index.ts";
import type { JobPlan } from "../jobPlan.ts";
import type { PlannedEnvironment } from "./environments.ts";

/** What a job takes over from a recorded one. Undefined where it has its own. */
export interface TakenOver {
  code: { snapshot: JobPlan["snapshot"]; given: string | null; path: string | null; git: GitState | null } | undefined;
  environment: PlannedEnvironment | undefined;
}

/** What a submit asks of the records of other jobs. */
export interface CloneService {
  /**
   * The parts of a record that were not changed. `environment` and `target` are those of the new document. Throws `not-found`
   * for a record, or code of it, that is not there.
   */
  takeOver(
    workspace: string,
    from: CloneOf,
    changed: { environment: LoadedEnvironmentField | null; target: string },
  ): Promise<TakenOver>;
}
