import type { JobPort } from "#contract/entities/job.ts";
import type { Circumstance, Reproduction } from "#contract/routes/reproduce.ts";
import type { JobPlan, Machine } from "../core/jobPlan.ts";
import type { JobRow } from "../store/queries/jobs.ts";

/** One of two runs, as far as its surroundings are told of. */
export interface Surroundings {
  row: Pick<JobRow, "inputs">;
  plan: JobPlan;
  lock: string | null;
}

/** What was held the same for both runs and what was not. Pure: what was recorded is compared, nothing is looked up. */
export function circumstances(
  original: Surroundings,
  reproduction: Surroundings,
): Pick<Reproduction, "pinned" | "not_pinned"> {
  const all = [...software(original, reproduction), ...data(original, reproduction)];
  const asked = { what: "parameters, command, environment variables, resources", original: null, reproduction: null };
  return {
    pinned: [
      ...all.filter(({ state }) => state === "same"),
      { ...asked, state: "same", detail: "As the record has them." },
    ],
    not_pinned: [
      ...all.filter(({ state }) => state !== "same"),
      ...machine(original.plan, reproduction.plan),
      {
        what: "random seeds",
        state: "unknown",
        original: null,
        reproduction: null,
        detail: "Slipway knows none; numbers repeat only where the program sets its own.",
      },
    ],
  };
}

function software(original: Surroundings, reproduction: Surroundings): Circumstance[] {
  const found: Circumstance[] = [];
  const { snapshot } = original.plan;
  if (snapshot) {
    const now = reproduction.plan.snapshot?.digest ?? null;
    found.push(
      fact("code", snapshot.digest.slice(0, 12), now?.slice(0, 12) ?? null, `Snapshot of ${snapshot.files} files.`),
    );
  }
  const [then, now] = [packagesOf(original.lock), packagesOf(reproduction.lock)];
  const detail =
    original.lock === reproduction.lock
      ? "Every version is the lock's."
      : "The interpreter is used as it is: its packages are those that it has now.";
  found.push({
    ...fact("packages", original.lock, reproduction.lock, detail),
    original: then,
    reproduction: now,
  });
  return found;
}

/** Data counts as the same only when its content is known to be. */
function data(original: Surroundings, reproduction: Surroundings): Circumstance[] {
  const ports = (row: Surroundings["row"]) => JSON.parse(row.inputs) as Record<string, JobPort>;
  const [before, after] = [ports(original.row), ports(reproduction.row)];
  return Object.entries(original.plan.inputs).flatMap(([name, input]): Circumstance[] => {
    if (input.kind === "literal") return [];
    const [then, now] = [before[name]?.digest ?? null, after[name]?.digest ?? null];
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//iu.test(input.path) && !input.path.startsWith("azureml://");
    const reason = isUrl
      ? `${input.path} is a URL: what it answers is not in our hands.`
      : `${input.path} is too large to be read for its content before a run.`;
    const detail = then !== null && then === now ? `The same content at ${input.path}.` : reason;
    return [fact(`input ${name}`, then?.slice(0, 12) ?? null, now?.slice(0, 12) ?? null, detail)];
  });
}

function machine(original: JobPlan, reproduction: JobPlan): Circumstance[] {
  const cards = (of: Machine | undefined) => of && (of.gpus.map(({ name }) => name).join(", ") || "none");
  const drivers = (of: Machine | undefined) =>
    of && ([...new Set(of.gpus.map(({ driver }) => driver))].join(", ") || "none");
  const [then, now] = [original.machine, reproduction.machine];
  const one = (what: string, of: (from: Machine | undefined) => string | undefined, why: string): Circumstance =>
    fact(what, of(then) ?? null, of(now) ?? null, why);
  return [
    one("host", (from) => from?.hostname, "The job runs where its target is."),
    one("CPU", (from) => from?.cpu, "Another processor may round another way."),
    one("kernel", (from) => from?.kernel, "The system is not part of the record."),
    one("GPU", cards, "Another card may round another way."),
    one("GPU driver", drivers, "The driver is the machine's."),
    fact(
      "Python",
      original.environment.python ?? null,
      reproduction.environment.python ?? null,
      "The lock holds packages, not the interpreter.",
    ),
  ];
}

function fact(what: string, original: string | null, reproduction: string | null, detail: string): Circumstance {
  const state = original === null || reproduction === null ? "unknown" : original === reproduction ? "same" : "changed";
  return { what, state, original, reproduction, detail };
}

function packagesOf(lock: string | null): string | null {
  if (lock === null) return null;
  return `${lock.match(/^[A-Za-z0-9][^\s#]*\s*(?:==|@)/gmu)?.length ?? 0} packages`;
}
