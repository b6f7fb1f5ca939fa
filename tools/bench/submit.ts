import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngineHome, type EngineHome } from "./product/engineHome.ts";
import { aim, line, load, median } from "./product/figures.ts";

/**
 * From `slipway job create` to the first line of the user's program in the engine's log, with a cached environment, against
 * the start of the same program by the same interpreter.
 *
 *   node tools/bench/submit.ts [--rounds 9]
 */
const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const rounds = Number(flags.rounds);
const workspace = "default";
const conda = "channels: [conda-forge]\ndependencies:\n  - python=3\n  - pip:\n      - colorama\n";
const words = "import os, sys, time; print(os.path.realpath(sys.executable), time.time(), flush=True)\n";

/** Milliseconds of one submit, from the start of the CLI on. */
interface Round {
  total: number;
  parts: Record<string, number>;
  interpreter: string;
}

async function firstLine(client: EngineHome["client"], name: string, signal: AbortSignal): Promise<string> {
  const stream = client.followLog({ workspace, name, path: "user_logs/std_log.txt" }, { signal });
  let text = "";
  for await (const chunk of stream) {
    text += chunk.toString("utf8");
    if (text.includes("\n")) return text;
  }
  throw new Error(`The job ${name} ended without a line: ${text}`);
}

async function submitOnce(place: EngineHome, file: string, round: number): Promise<Round> {
  const { client } = place;
  const name = `bench_${round}_${Date.now()}`;
  const started = Date.now();
  const over = Promise.withResolvers<void>();
  const submitted = new Promise<void>((resolve) => {
    const events = client.events(
      { workspace },
      {
        onEvent: (event) => {
          if (event.type !== "job" || event.job.name !== name) return;
          resolve();
          if (event.job.ended_at === null) return;
          events.dispose();
          over.resolve();
        },
      },
    );
  });
  const cli = place.slipway("job", "create", "-f", file, "-n", name, "-o", "none");
  const cliDone = cli.then(() => Date.now() - started);
  await Promise.race([submitted, cli]);
  const abort = new AbortController();
  const text = await firstLine(client, name, abort.signal);
  const total = Date.now() - started;
  abort.abort();
  const cliMs = await cliDone;
  await over.promise;
  const job = await client.showJob({ params: { workspace, name } });
  if (job.status !== "Completed") throw new Error(`${name} is ${job.status}: ${job.error?.message}`);
  const at = (phase: string): number => job.phases.find((each) => each.name === phase)?.started_at ?? NaN;
  const [interpreter = "", printed = ""] = text.trim().split(" ");
  const queued = at("Queued");
  const program = Number(printed) * 1000;
  return {
    total,
    interpreter,
    parts: {
      "until the job is stored": queued - started,
      "slot, files, specification": at("Starting") - queued,
      "launcher, overlay, program's own start": program - at("Starting"),
      "from the program to the reader": started + total - program,
      "the CLI's own end": cliMs,
      "until its end is recorded": (job.phases.at(-1)?.ended_at ?? NaN) - started,
    },
  };
}

/** Milliseconds that the engine takes for the requests of a submit, on a connection that is open. */
async function requests(place: EngineHome, file: string): Promise<{ sheet: number; submit: number }> {
  const body = { source: { file } };
  const params = { workspace };
  const begin = performance.now();
  await place.client.preflightJob({ params, body });
  const between = performance.now();
  const job = await place.client.submit(workspace, body);
  const end = performance.now();
  for await (const chunk of place.client.followLog({ workspace, name: job.name, path: "user_logs/std_log.txt" })) {
    void chunk;
  }
  return { sheet: between - begin, submit: end - between };
}

function plainStart(interpreter: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(interpreter, ["-c", words], { stdio: ["ignore", "pipe", "inherit"] });
    child.once("error", reject);
    child.stdout.once("data", () => resolve(performance.now() - begin));
  });
}

const place = await openEngineHome("submit");
try {
  const file = join(place.files, "job.yml");
  writeFileSync(join(place.files, "conda.yml"), conda);
  writeFileSync(join(place.files, "main.py"), words);
  const environment = "environment:\n  image: library/python:latest\n  conda_file: conda.yml\n";
  writeFileSync(file, `command: python main.py\ncode: .\n${environment}`);
  await submitOnce(place, file, -1);
  const all: Round[] = [];
  const asked: { sheet: number; submit: number }[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const each = await submitOnce(place, file, round);
    all.push(each);
    asked.push(await requests(place, file));
    plain.push(await plainStart(each.interpreter));
  }
  const total = median(all.map((round) => round.total));
  const limit = median(plain);
  line("program's first line, started by hand (the limit)", `${limit.toFixed(0)} ms`);
  line(
    "`slipway job create` to the first line in the log",
    `${total.toFixed(0)} ms`,
    `${(total / limit).toFixed(1)}x the limit ${aim(total, 2000, "ms")}`,
  );
  for (const part of Object.keys(all[0]?.parts ?? {})) {
    line(`  ${part}`, `${median(all.map((round) => round.parts[part] ?? NaN)).toFixed(0)} ms`);
  }
  const sheet = median(asked.map((each) => each.sheet));
  const submit = median(asked.map((each) => each.submit));
  const own = submit + median(all.map((round) => round.parts["slot, files, specification"] ?? NaN));
  line("request for the sheet", `${sheet.toFixed(0)} ms`);
  line("request to submit", `${submit.toFixed(0)} ms`);
  line("engine's own part (submit, slot, files, specification)", `${own.toFixed(0)} ms`, aim(own, 300, "ms"));
  process.stdout.write(`${rounds} rounds, medians, ${load()}\n`);
} finally {
  place.dispose();
}
