import { userInfo } from "node:os";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { slipwayHome } from "#base/home.ts";
import { openEngine } from "./engine.ts";
import { readBuildInfo } from "./lifecycle/buildInfo.ts";
import { EngineClaim } from "./lifecycle/claim.ts";
import { idleMilliseconds } from "./lifecycle/idleExit.ts";
import { isShortage, storeFault } from "./store/storeFault.ts";

/** The engine's process. Its output is `SLIPWAY_HOME/engine.log`. */
const log = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
/** What is still in work gets this long to come to a clean stop; the store and the targets do not need it. */
const stopMs = 10_000;

async function main(): Promise<void> {
  // Meant for this process alone, not for the jobs it starts.
  delete process.env["MALLOC_ARENA_MAX"];
  const home = slipwayHome();
  const build = readBuildInfo();
  const claim = await EngineClaim.take(home);
  let stopping = false;
  let stop = (reason: string): void => void log(`Stopping while starting: ${reason}`);
  const engine = await openEngine({
    ...{ home, build, claim, log },
    clock: systemClock,
    user: userInfo().username,
    pythonFolder: join(import.meta.dirname, "../python"),
    launcher: join(import.meta.dirname, "../python/slipway_launcher.py"),
    allowedHosts: (process.env["SLIPWAY_ALLOWED_HOSTS"] ?? "").split(",").filter(Boolean),
    dataHosts: (process.env["SLIPWAY_DATA_HOSTS"] ?? "").split(",").filter(Boolean),
    idleMs: idleMilliseconds(),
    exit: (reason) => stop(reason),
  });
  log(
    `Engine ${build.version} (${build.build}) answers at ${claim.socket} and ${engine.record.url}, Node ${process.version}`,
  );

  stop = (reason) => {
    if (stopping) return;
    stopping = true;
    log(`Stopping: ${reason}`);
    setTimeout(() => process.exit(1), stopMs).unref();
    // The reply to the one who asked goes out first.
    setImmediate(() => {
      void engine
        .dispose()
        .catch((thrown: unknown) => log(`While stopping: ${messageOf(thrown)}`))
        .then(() => claim.dispose())
        .then(() => process.exit(0));
    });
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop(signal));
  process.on("uncaughtException", (thrown) => {
    log(`Uncaught: ${thrown.stack ?? thrown.message}`);
    // A program that could not be started tells so by an event that its library may not listen for. Whoever waited for it
    // gives up by himself; all else may have left a part of this engine in between, and the next one takes up its work.
    if (!isShortage(errnoOf(thrown), thrown.message)) process.exit(1);
  });
  process.on("unhandledRejection", (thrown) =>
    log(`Unhandled: ${thrown instanceof Error ? thrown.stack : String(thrown)}`),
  );
}

main().catch((failure: unknown) => {
  const thrown = storeFault(errnoOf(failure), messageOf(failure)) ?? failure;
  const next = thrown instanceof CodedError ? ` ${thrown.next}` : "";
  log(`${messageOf(thrown)}${next}`);
  if (!(thrown instanceof CodedError) && thrown instanceof Error) log(thrown.stack ?? "");
  // Whatever still runs here must not keep the home from the next engine.
  process.exit(1);
});
