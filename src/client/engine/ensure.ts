import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "#base/errors.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import type { EngineStatus } from "#contract/entities/asset.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Bundle } from "./bundle.ts";
import { askStatus, findAnswering, findEngine } from "./find.ts";
import { launchEngine, type StartOptions } from "./start.ts";
import { fullDisk, StartGate } from "./startGate.ts";
import { stopEngine } from "./stop.ts";
import { removeOldVersions } from "./versions.ts";

const waitMs = 90_000;
const silentMs = 20_000;
const pollMs = 50;

export interface EnsureOptions extends StartOptions {
  /** Replace an idle engine of another build. A busy one is used as it is. */
  replace: boolean;
}

/**
 * The engine of this home, started when there is none. Of many that call this at once one starts it and the others
 * wait. An engine of another build is replaced when it is idle; running work is never stopped.
 */
export async function ensureEngine(options: EnsureOptions): Promise<EngineRecord> {
  const { home, bundle } = options;
  const near = await findEngine(home);
  // The usual case costs no request: a call to an engine that does not answer comes back here with `replace` off.
  if (near && options.replace && (!bundle || near.build === bundle.build)) return near;
  const deadline = Date.now() + waitMs;
  while (Date.now() < deadline) {
    const found = await findAnswering(home);
    if (found && !(options.replace && bundle && isReplaceable(found, bundle, options))) return found.record;
    if (!bundle) throw nothingToStart();
    const gate = await StartGate.tryPass(home);
    if (!gate) {
      await delay(pollMs);
      continue;
    }
    try {
      return await startInGate({ ...options, bundle });
    } catch (thrown) {
      throw errnoOf(thrown) === "ENOSPC" ? fullDisk(home, thrown) : thrown;
    } finally {
      await gate.leave();
    }
  }
  throw slipwayError("timeout", "Another process has been starting the engine for too long.", {
    next: "See `slipway engine logs`.",
  });
}

/** Whoever was in the gate before may have done it all: look again. */
async function startInGate(options: EnsureOptions & { bundle: Bundle }): Promise<EngineRecord> {
  const { home, bundle } = options;
  const found = await findAnswering(home);
  if (found) {
    const replaceable = options.replace && isReplaceable(found, bundle, { ...options, notice: () => undefined });
    if (!replaceable) return found.record;
    options.notice(`The engine of another build (${found.record.build}) is idle and is replaced by ${bundle.build}.`);
    await stopEngine(found.record, `replaced by build ${bundle.build}`);
  } else {
    const ending = await untilGoneOrAnswering(home);
    if (ending) return ending;
  }
  const record = await launchEngine(options);
  await removeOldVersions(home, record.build).catch(() => undefined);
  return record;
}

/** An engine that is about to end keeps its home for a moment more. One that hangs is the user's to end. */
async function untilGoneOrAnswering(home: string): Promise<EngineRecord | undefined> {
  const deadline = Date.now() + silentMs;
  for (;;) {
    const silent = await findEngine(home);
    if (!silent) return undefined;
    if (await askStatus(silent)) return silent;
    if (Date.now() > deadline) {
      throw slipwayError("engine-busy", `The engine (process ${silent.pid}) owns ${home} and does not answer.`, {
        next: "End it with `slipway engine stop`; jobs go on and nothing is lost.",
      });
    }
    await delay(pollMs);
  }
}

function isReplaceable(
  found: { record: EngineRecord; status: EngineStatus },
  bundle: Bundle,
  options: StartOptions,
): boolean {
  if (found.record.build === bundle.build) return false;
  const { running, queued } = found.status;
  if (running + queued === 0) return true;
  options.notice(
    `The engine is of another build (${found.record.build}) and busy (${running} running, ${queued} queued): it is used as it is and replaced when it is idle.`,
  );
  return false;
}

function nothingToStart(): Error {
  return slipwayError("engine-start-failed", "There is no built engine to start.", { next: "Run `npm run build`." });
}
