import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { slipwayHome } from "#base/home.ts";
import { askStatus, findAnswering, findEngine } from "#client/engine/find.ts";
import { stopEngine } from "#client/engine/stop.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Context } from "../context.ts";
import { command, type Verbs } from "../parse/command.ts";
import { flag, number } from "../parse/options.ts";

const pollMs = 250;

export const verbs: Verbs = {
  start: command({
    summary: "Start the engine; returns when it answers.",
    details: "Most commands start it when it is needed. An idle engine of another build is replaced.",
    run: async (context) => ({ value: await (await context.client()).engineStatus() }),
  }),

  stop: command({
    summary: "End the engine; returns when it is gone.",
    details: "Jobs go on. The next engine finds them again and catches up.",
    run: async (context) => {
      const engine = await findEngine(slipwayHome());
      if (!engine) {
        context.notice("No engine is running.");
        return undefined;
      }
      const status = await askStatus(engine);
      await stopEngine(engine, "slipway engine stop");
      const left = status?.running ? ` ${status.running} running jobs go on.` : "";
      context.notice(`The engine (process ${engine.pid}) has ended.${left}`);
      return undefined;
    },
  }),

  status: command({
    summary: "Show the engine that runs; starts nothing.",
    run: async () => {
      const home = slipwayHome();
      const found = await findAnswering(home);
      if (found) return { value: found.status };
      const silent = await findEngine(home);
      if (!silent) {
        throw slipwayError("engine-not-running", `No engine is running for ${home}.`, {
          next: "Run `slipway engine start`.",
        });
      }
      throw slipwayError("unavailable", `The engine (process ${silent.pid}) does not answer.`, {
        next: "See `slipway engine logs`; `slipway engine stop` ends it.",
      });
    },
  }),

  logs: command({
    summary: "Print the engine's log.",
    options: {
      tail: number("--tail", "Only so many of the last lines."),
      follow: flag("--follow", "Go on as the log grows, until interrupted."),
    },
    run: async (context, { tail, follow }) => {
      await printLog(context, { tail, follow });
      return undefined;
    },
  }),
};

async function printLog(context: Context, options: { tail: number | undefined; follow: boolean }): Promise<void> {
  const path = join(slipwayHome(), "engine.log");
  const size = await sizeOf(path);
  if (size === undefined) {
    context.notice(`${path} does not exist: no engine has run here.`);
    if (!options.follow) return;
  }
  let offset = options.tail === undefined ? 0 : await startOfTail(path, size ?? 0, options.tail);
  for (;;) {
    const end = (await sizeOf(path)) ?? 0;
    if (end < offset) offset = 0;
    if (end > offset) {
      await copyOut(path, offset, end);
      offset = end;
    }
    if (!options.follow) return;
    await delay(pollMs);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

function copyOut(path: string, from: number, to: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = createReadStream(path, { start: from, end: to - 1 });
    reader.once("error", reject).once("end", resolve);
    reader.pipe(process.stdout, { end: false });
  });
}

/** The offset at which the last `lines` lines begin. */
async function startOfTail(path: string, size: number, lines: number): Promise<number> {
  if (size === 0) return 0;
  const file = await open(path, "r");
  try {
    const block = Buffer.alloc(64 * 1024);
    let wanted = lines + 1;
    for (let end = size; end > 0;) {
      const begin = Math.max(0, end - block.length);
      const { bytesRead } = await file.read(block, 0, end - begin, begin);
      for (let index = bytesRead - 1; index >= 0; index--) {
        if (block[index] !== 10 && begin + index !== size - 1) continue;
        if (block[index] === 10 && --wanted === 0) return begin + index + 1;
      }
      end = begin;
    }
    return 0;
  } finally {
    await file.close();
  }
}
