import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { EngineStatus } from "#contract/entities/asset.ts";
import { isAlive } from "#base/processIdentity.ts";
import type { EngineRecord } from "#contract/engineRecord.ts";
import { BuiltHome, notBuilt } from "./built.ts";

const homes: BuiltHome[] = [];
const newHome = (...options: ConstructorParameters<typeof BuiltHome>): BuiltHome => {
  const home = new BuiltHome(...options);
  homes.push(home);
  return home;
};
afterEach(async () => {
  for (const home of homes.splice(0)) await home.remove();
});

const start = (home: BuiltHome, bundle?: string) =>
  home.json<EngineStatus>(["engine", "start"], bundle ? { bundle } : {});
const recordOf = (home: BuiltHome) => JSON.parse(readFileSync(join(home.home, "engine.json"), "utf8")) as EngineRecord;

describe.skipIf(notBuilt)(`the engine's life${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("begins once when many ask at once, runs from its own copy, and ends when it is told", async () => {
    const home = newHome();
    expect((await home.run(["engine", "status"])).code).toBe(1);
    expect(existsSync(home.home)).toBe(false);

    const started = await Promise.all(Array.from({ length: 6 }, () => start(home)));
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(1);
    const [status] = started as [EngineStatus];
    expect(await home.json<EngineStatus>(["engine", "status"])).toMatchObject({ pid: status.pid, home: home.home });
    const commandLine = readFileSync(`/proc/${status.pid}/cmdline`, "utf8");
    expect(commandLine).toContain(join(home.home, "versions", status.build, "engine/main.js"));
    expect(statSync(status.socket).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(status.socket)).mode & 0o777).toBe(0o700);

    const record = recordOf(home);
    expect((await home.run(["engine", "stop"])).code).toBe(0);
    expect(await isAlive(record)).toBe(false);
    expect(existsSync(join(home.home, "engine.json"))).toBe(false);
    expect(existsSync(status.socket)).toBe(false);
    expect(await home.run(["engine", "stop"])).toMatchObject({ code: 0, stderr: "No engine is running.\n" });
  });

  it("begins again after it was killed, with the same address for MLflow, and is not misled by its record", async () => {
    const home = newHome();
    const first = await start(home);
    process.kill(first.pid, "SIGKILL");
    await vi.waitFor(async () => expect(await isAlive({ ...recordOf(home) })).toBe(false));
    // The number now belongs to another program: this one.
    writeFileSync(join(home.home, "engine.json"), JSON.stringify({ ...recordOf(home), pid: process.pid }));
    expect((await home.run(["engine", "status"])).stderr).toContain("No engine is running");
    const second = await home.json<{ name: string }[]>(["workspace", "list"]);
    expect(second.map(({ name }) => name)).toEqual(["default"]);
    expect(recordOf(home).pid).not.toBe(first.pid);
    expect(recordOf(home).url).toBe(first.url);
  });

  it("has its socket elsewhere when the home's path is too long for one", async () => {
    const home = newHome({ below: `${"long/".repeat(30)}home` });
    const status = await start(home);
    expect(Buffer.byteLength(status.socket)).toBeLessThan(104);
    expect(status.socket.startsWith(home.home)).toBe(false);
    expect(statSync(dirname(status.socket)).mode & 0o777).toBe(0o700);
    expect(await home.json<unknown[]>(["workspace", "list"])).toHaveLength(1);
    await home.run(["engine", "stop"]);
    expect(existsSync(dirname(status.socket))).toBe(false);
  });

  it("ends for another build when it is idle, and its copy goes with it", async () => {
    const home = newHome();
    const old = await start(home);
    const bundle = home.otherBuild("newer");
    const fresh = await start(home, bundle);
    expect(fresh).toMatchObject({ build: "newer", version: "9.9.9" });
    expect(fresh.pid).not.toBe(old.pid);
    expect(readdirSync(join(home.home, "versions"))).toEqual(["newer"]);
  });

  it("is used as it is by another build while it works", async () => {
    const home = newHome();
    const script = home.write("wait.py", "import time\ntime.sleep(600)\n");
    const old = await start(home);
    const job = await home.json<{ name: string }>(["job", "create", "-f", script, "--python", "python3"]);
    const bundle = home.otherBuild("newer");
    const seen = await home.run(["engine", "start", "-o", "json"], { bundle });
    expect(JSON.parse(seen.stdout)).toMatchObject({ pid: old.pid, build: old.build });
    expect(seen.stderr).toContain("is of another build");
    await home.run(["job", "cancel", "-n", job.name]);
  });

  it("says why it does not begin, in the engine's own words", async () => {
    const home = newHome();
    const bundle = home.otherBuild("broken", 'throw new Error("the disk is on fire");\n');
    const failed = await home.run(["engine", "start"], { bundle });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("the disk is on fire");
    expect(failed.stderr).toContain("slipway engine logs");
    expect((await home.run(["engine", "logs", "--tail", "3"])).stdout).toContain("Node.js v");

    const noNode = await home.run(["engine", "start"], { env: { SLIPWAY_NODE: "/nowhere/node" } });
    expect(noNode).toMatchObject({ code: 1, stderr: expect.stringContaining("/nowhere/node is no Node.") });
  });

  it("mends a copy that was left incomplete", async () => {
    const home = newHome();
    const { build } = await start(home);
    await home.run(["engine", "stop"]);
    const main = join(home.home, "versions", build, "engine/main.js");
    writeFileSync(main, "");
    mkdirSync(join(home.home, "versions", "unused"));
    expect((await start(home)).build).toBe(build);
    expect(statSync(main).size).toBeGreaterThan(0);
    expect(readdirSync(join(home.home, "versions"))).toEqual([build]);
  });
});
