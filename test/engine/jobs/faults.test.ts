import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import { commandYaml, World, type Engine } from "./world.ts";

interface Claim {
  pid: number;
}

/** Prints a numbered line every few milliseconds until the file `stop` lies beside the attempt. */
const counting = "i=0\nwhile [ ! -e ../stop ]; do i=$((i+1)); echo line $i; sleep 0.01; done\necho done";

describe("jobs under faults", () => {
  let world: World;
  let engine: Engine;
  beforeAll(async () => {
    world = await World.make();
    engine = await world.open({ concurrency: 4 });
  });
  afterAll(() => world.dispose());

  const submit = async (command: string, more = ""): Promise<Job> => {
    const file = await world.project({ "job.yml": commandYaml(command, more) });
    return engine.submit(file);
  };
  const folderOf = (name: string) => engine.runner.attemptFolder("default", name, 1);
  const stop = (name: string) => writeFile(join(folderOf(name), "stop"), "");
  const readJson = async <T>(name: string, file: string): Promise<T> =>
    JSON.parse(await readFile(join(folderOf(name), file), "utf8")) as T;
  const someLines = (name: string, least: number) =>
    engine.until(name, (job) => (job.log_files.find((log) => log.path.startsWith("user"))?.bytes ?? 0) > least);
  /** Lines 1 to n and nothing else, each once. */
  const expectWhole = async (name: string, withEnd: boolean) => {
    const lines = (await engine.readLog(name)).toString().trimEnd().split("\n");
    if (withEnd) expect(lines.pop()).toBe("done");
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`));
    return lines.length;
  };

  test("an engine restart in the middle loses and doubles nothing", async () => {
    const { name } = await submit(counting);
    await someLines(name, 100);
    await engine.close();
    engine = await world.open({ concurrency: 4 });
    const seen = (await engine.jobs.show("default", name)).log_files[0]?.bytes ?? 0;
    await someLines(name, seen + 100);
    await stop(name);
    expect(await engine.ended(name)).toMatchObject({ status: "Completed", attempt: 1 });
    expect(await expectWhole(name, true)).toBeGreaterThan(20);
  });

  test("a job that ends while no engine is there is finished by the next one", async () => {
    const { name } = await submit(counting);
    await someLines(name, 50);
    await engine.close();
    await stop(name);
    await untilThere(join(folderOf(name), "exit.json"));
    engine = await world.open({ concurrency: 4 });
    expect((await engine.ended(name)).status).toBe("Completed");
    await expectWhole(name, true);
  });

  test("a killed link is replaced, the log goes on at the right byte", async () => {
    const { name } = await submit(counting);
    await someLines(name, 100);
    const before = (await engine.jobs.show("default", name)).log_files[0]?.bytes ?? 0;
    await killLinks(world.root);
    await someLines(name, before + 300);
    await stop(name);
    expect((await engine.ended(name)).status).toBe("Completed");
    await expectWhole(name, true);
  });

  test("a killed agent is replaced", async () => {
    const { name } = await submit(counting);
    await someLines(name, 50);
    const { agent } = await readJson<{ agent: Claim }>(name, "state.json");
    process.kill(agent.pid, "SIGKILL");
    await someLines(name, 300);
    await stop(name);
    expect((await engine.ended(name)).status).toBe("Completed");
    await expectWhole(name, true);
  });

  test("a killed keeper fails the job as launcher_lost", async () => {
    const { name } = await submit(counting, "");
    await someLines(name, 50);
    process.kill((await readJson<Claim>(name, "claim")).pid, "SIGKILL");
    const job = await engine.ended(name);
    expect(job).toMatchObject({ status: "Failed", exit_code: null, error: { class: "launcher_lost" } });
    await expectWhole(name, false);
  });

  test("keeper and agent killed: swept, and the evidence is kept", async () => {
    const { name } = await submit(counting);
    await someLines(name, 50);
    const { agent, child } = await readJson<{ agent: Claim; child: Claim }>(name, "state.json");
    const { pid } = await readJson<Claim>(name, "claim");
    process.kill(agent.pid, "SIGSTOP");
    process.kill(pid, "SIGKILL");
    process.kill(agent.pid, "SIGKILL");
    const job = await engine.ended(name);
    expect(job).toMatchObject({ status: "Failed", error: { class: "launcher_lost" } });
    expect(await isAlive(child.pid)).toBe(false);
    await expectWhole(name, false);
  });

  test("cancel of a running job stops its whole tree", async () => {
    const { name } = await submit("setsid sleep 1000 & echo $! > ../escaped; echo up; sleep 1000");
    await someLines(name, 2);
    const escaped = Number(await readFile(join(folderOf(name), "escaped"), "utf8"));
    expect((await engine.jobs.cancel("default", name, "tester")).status).toBe("CancelRequested");
    const job = await engine.ended(name);
    expect(job.status).toBe("Canceled");
    expect(await isAlive(escaped)).toBe(false);
    expect((await engine.jobs.cancel("default", name, "tester")).status).toBe("Canceled");
  });

  test("cancel is remembered over an engine restart", async () => {
    const { name } = await submit("trap '' TERM; echo up; sleep 1000");
    await someLines(name, 2);
    await engine.jobs.cancel("default", name, "tester");
    await engine.close();
    // The request may or may not have reached the target before.
    await rm(join(folderOf(name), "cancel"), { force: true });
    engine = await world.open({ concurrency: 4 });
    expect((await engine.ended(name)).status).toBe("Canceled");
  });

  test("limits.timeout ends a job, and says so", async () => {
    const { name } = await submit("echo up; sleep 1000", "limits:\n  timeout: 1\n");
    const job = await engine.ended(name);
    expect(job).toMatchObject({ status: "Failed", error: { class: "timeout", code: "JobTimedOut" } });
    expect((await engine.readLog(name)).toString()).toBe("up\n");
  });

  test("a job that is over cannot be canceled", async () => {
    const { name } = await submit("true");
    await engine.ended(name);
    await expect(engine.jobs.cancel("default", name, "tester")).rejects.toMatchObject({ code: "conflict" });
  });
});

/** A zombie that nobody has collected yet is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tX");
  return !/^State:\s+[XZ]/mu.test(status);
}

async function untilThere(path: string): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    const there = await readFile(path).then(
      () => true,
      () => false,
    );
    if (there) return;
    if (performance.now() > end) throw new Error(`${path} does not appear`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Kills the link processes whose launcher lies below `root`; other engines' links are left alone. */
async function killLinks(root: string): Promise<void> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/u.test(entry)) continue;
    const words = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (words.includes(root) && words.endsWith("\0link\0")) process.kill(Number(entry), "SIGKILL");
  }
}
