import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEngineHome, type EngineHome } from "./product/engineHome.ts";
import { aim, line, load, median, quantile } from "./product/figures.ts";
import { MemoryWatch, residentMb } from "./product/processMemory.ts";

/**
 * A job that writes its output at full speed: every byte through the engine and back, the memory that it takes, a window
 * and a search on the long log, and how late a line is seen. Against `cat` of the same bytes into a file.
 *
 *   node tools/bench/logs.ts [--megabytes 200] [--lines 50]
 */
const { values: flags } = parseArgs({
  options: { megabytes: { type: "string", default: "200" }, lines: { type: "string", default: "50" } },
});
const bytes = Number(flags.megabytes) * 1_000_000;
const samples = Number(flags.lines);
const workspace = "default";
const path = "user_logs/std_log.txt";

/** Numbered lines, so that neither a lost nor a doubled byte can hide. Answers with their hash. */
function writeLines(file: string): { sha256: string; last: number } {
  const hash = createHash("sha256");
  const out = openSync(file, "w");
  let [written, number] = [0, 0];
  while (written < bytes) {
    let block = "";
    for (let index = 0; index < 10_000; index++, number++) {
      block += `${String(number).padStart(9, "0")} epoch ${number % 90} loss 0.${number} the quick brown fox jumps over it\n`;
    }
    const chunk = Buffer.from(block);
    hash.update(chunk);
    writeSync(out, chunk);
    written += chunk.length;
  }
  closeSync(out);
  return { sha256: hash.digest("hex"), last: number - 1 };
}

async function submit(place: EngineHome, command: string): Promise<string> {
  const file = join(place.files, "job.yml");
  writeFileSync(file, `command: ${command}\nenvironment:\n  image: library/python:latest\n`);
  return (await place.client.submit(workspace, { source: { file } })).name;
}

function ended(place: EngineHome, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = place.client.events({ workspace }, { onEvent: () => void look() });
    const look = async (): Promise<void> => {
      const job = await place.client.showJob({ params: { workspace, name } });
      if (job.ended_at === null) return;
      events.dispose();
      if (job.status === "Completed") resolve();
      else reject(new Error(`${name} is ${job.status}: ${job.error?.message}`));
    };
    void look();
  });
}

async function fullSpeed(place: EngineHome): Promise<void> {
  const source = join(place.files, "lines.txt");
  const { sha256, last } = writeLines(source);
  const limit = await new Promise<number>((resolve) => {
    const begin = performance.now();
    const out = openSync(join(place.files, "copy.txt"), "w");
    spawn("cat", [source], { stdio: ["ignore", out, "inherit"] }).once("close", () => {
      closeSync(out);
      resolve(performance.now() - begin);
    });
  });
  const watch = new MemoryWatch({ home: place.home, engine: place.pid, everyMs: 50 });
  const name = await submit(place, `cat ${source}`);
  const hash = createHash("sha256");
  let first: number | undefined;
  let received = 0;
  for await (const chunk of place.client.followLog({ workspace, name, path })) {
    first ??= performance.now();
    hash.update(chunk);
    received += chunk.length;
  }
  const taken = performance.now() - (first ?? NaN);
  await ended(place, name);
  watch.dispose();
  const same = hash.digest("hex") === sha256;
  const again = createHash("sha256");
  const stored = await place.client.readLog({ params: { workspace, name }, query: { path } });
  const begin = performance.now();
  for await (const chunk of stored.body) again.update(chunk as Buffer);
  const reading = performance.now() - begin;
  const sameAgain = again.digest("hex") === sha256;
  const megabytes = received / 1e6;
  line(`${megabytes.toFixed(0)} MB by cat into a file (the limit)`, `${limit.toFixed(0)} ms`);
  line(
    `${megabytes.toFixed(0)} MB from a job to a follower, first to last byte`,
    `${taken.toFixed(0)} ms`,
    `${(taken / limit).toFixed(1)}x the limit, ${(megabytes / (taken / 1000)).toFixed(0)} MB/s`,
  );
  line("the same bytes read back when it is over", `${reading.toFixed(0)} ms`);
  line("every byte, while it ran and afterwards", same && sameAgain ? "right" : "WRONG");
  for (const [role, most] of Object.entries(watch.most)) {
    line(`  largest resident memory: ${role}`, `${most.toFixed(0)} MB`, aim(most, role === "engine" ? 150 : 60, "MB"));
  }
  if (!same || !sameAgain) process.exitCode = 1;
  await editorReads(place, name, last);
}

/** What an editor asks of a long log. */
async function editorReads(place: EngineHome, name: string, last: number): Promise<void> {
  const params = { workspace, name };
  const timed = async (title: string, ask: () => Promise<string>): Promise<void> => {
    const times: number[] = [];
    let words = "";
    for (let round = 0; round < 5; round++) {
      const begin = performance.now();
      words = await ask();
      times.push(performance.now() - begin);
    }
    line(title, `${median(times).toFixed(0)} ms`, words);
  };
  await timed("window: the last 5 MB or 50,000 lines", async () => {
    const window = await place.client.logWindow({ params, query: { path } });
    return `${(Buffer.byteLength(window.text) / 1e6).toFixed(1)} MB`;
  });
  const search = (text: string, more: object) => async () => {
    const { matches } = await place.client.searchLog({ params, query: { path, text, ...more } });
    return `${matches.length} found`;
  };
  await timed("search: one line at the end, case-sensitive", search(`${last} epoch`, { case_sensitive: true }));
  await timed("search: the same, any case", search(`${last} EPOCH`, {}));
  await timed(
    "search: the same, a regular expression",
    search(`^0*${last} epoch`, { regex: true, case_sensitive: true }),
  );
  await timed("search: 1,000 lines that are everywhere", search("fox", {}));
}

/** Milliseconds between the writing of a line and its arrival at a follower. */
async function lateness(place: EngineHome): Promise<void> {
  const script = join(place.files, "slow.py");
  writeFileSync(
    script,
    `import random, time\nfor _ in range(${samples}):\n    time.sleep(random.uniform(0.02, 0.4))\n    print(time.time(), flush=True)\n`,
  );
  const name = await submit(place, `python ${script}`);
  const late: number[] = [];
  for await (const chunk of place.client.followLog({ workspace, name, path })) {
    const now = performance.timeOrigin + performance.now();
    for (const text of chunk.toString("utf8").split("\n")) if (text) late.push(now - Number(text) * 1000);
  }
  line(
    `${late.length} lines, each from its writing to a follower`,
    `${median(late).toFixed(0)} ms`,
    `p90 ${quantile(late, 0.9).toFixed(0)} ms, worst ${Math.max(...late).toFixed(0)} ms ${aim(Math.max(...late), 1000, "ms")}`,
  );
}

const place = await openEngineHome("logs");
try {
  line("engine when idle, resident", `${residentMb(place.pid).toFixed(0)} MB`, aim(residentMb(place.pid), 150, "MB"));
  await fullSpeed(place);
  line("engine afterwards, resident", `${residentMb(place.pid).toFixed(0)} MB`);
  await lateness(place);
  process.stdout.write(`${load()}\n`);
} finally {
  place.dispose();
}
