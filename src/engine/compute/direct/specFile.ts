import type { AttemptRef, LaunchSpec } from "../runner.ts";

/** `spec.json` as the launcher reads it (docs/dev/launcher.md). It holds the job's token, so the file is private. */
export function specFileText(ref: AttemptRef, spec: LaunchSpec): string {
  return JSON.stringify({
    version: 1,
    job: spec.job,
    attempt: spec.attempt,
    marker: ref.marker,
    argv: spec.argv,
    cwd: spec.cwd,
    env: spec.env,
    unset: spec.unset,
    timeout_s: spec.timeoutS,
    grace_s: spec.graceS,
    sample_interval_s: spec.sampleIntervalS,
    rank: 0,
    gpus: spec.gpus,
    overlay: spec.overlay,
    ...(spec.container === undefined ? {} : { container: spec.container }),
    relay: spec.relay && {
      run: spec.relay.run,
      experiment: spec.relay.experiment,
      token: spec.relay.token,
      wait_s: spec.relay.waitS,
      env: spec.relay.env,
    },
  });
}
