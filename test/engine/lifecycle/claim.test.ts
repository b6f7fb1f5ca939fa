import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#base/clock.ts";
import { identifyProcess, isAlive } from "#base/processIdentity.ts";
import { EngineClaim } from "#engine/lifecycle/claim.ts";
import { engineSocketPath, prepareSocketFolder } from "#engine/lifecycle/socketPath.ts";

let home: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-claim-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

/** Another process that claims the home and then waits. */
async function otherEngine(): Promise<ChildProcess> {
  const script = `
    import { EngineClaim } from "#engine/lifecycle/claim.ts";
    import { systemClock } from "#base/clock.ts";
    const claim = await EngineClaim.take(process.env.SLIPWAY_HOME);
    await claim.publish({ build: "b1", version: "0.1.0", url: "http://127.0.0.1:1", clock: systemClock });
    process.stdout.write("ready");
    setInterval(() => undefined, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, SLIPWAY_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout!, "data");
  return child;
}

describe("the claim on a home", () => {
  it("lets one engine in and names it to the second", async () => {
    const other = await otherEngine();
    await expect(EngineClaim.take(home)).rejects.toMatchObject({
      code: "engine-busy",
      message: expect.stringContaining(`Process ${other.pid} answers at ${engineSocketPath(home)}`),
    });
  });

  it("ends with the process that held it, however it ended", async () => {
    const other = await otherEngine();
    other.kill("SIGKILL");
    await once(other, "exit");
    const claim = await EngineClaim.take(home);
    expect(existsSync(join(home, "engine.json"))).toBe(false);
    await claim.dispose();
  });

  it("is not confused by a record whose process number belongs to another program", async () => {
    writeFileSync(
      join(home, "engine.json"),
      JSON.stringify({ pid: process.pid, start: "long ago", build: "b0", socket: "/nowhere" }),
    );
    const claim = await EngineClaim.take(home);
    const record = await claim.publish({ build: "b1", version: "1", url: "http://x", clock: systemClock });
    expect(JSON.parse(readFileSync(join(home, "engine.json"), "utf8"))).toEqual(record);
    expect(await isAlive(record)).toBe(true);
    await claim.dispose();
    expect(existsSync(join(home, "engine.json"))).toBe(false);
  });
});

describe("a process's identity", () => {
  it("is gone with the process, even before it is waited for", async () => {
    const child = spawn("sleep", ["1000"]);
    children.push(child);
    const identity = await identifyProcess(child.pid!);
    expect(await isAlive(identity!)).toBe(true);
    expect(await isAlive({ ...identity!, start: "other" })).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await isAlive(identity!)).toBe(false);
  });
});

describe("the socket's place", () => {
  it("is below the home, or in a short folder of the user's when that is too long", () => {
    expect(engineSocketPath("/home/ann/.slipway", {})).toBe("/home/ann/.slipway/run/engine.sock");
    const deep = `/${"deep/".repeat(40)}home`;
    expect(engineSocketPath(deep, {})).toMatch(/^\/tmp\/slipway-\d+-[0-9a-f]{12}\/engine\.sock$/);
    expect(engineSocketPath(deep, { XDG_RUNTIME_DIR: "/run/user/7" })).toMatch(/^\/run\/user\/7\/slipway-/);
    expect(engineSocketPath(`${deep}2`, {})).not.toBe(engineSocketPath(deep, {}));
  });

  it("is closed to others and refuses a link in its place", async () => {
    const folder = join(home, "run");
    spawnSync("mkdir", ["-m", "0777", folder]);
    await prepareSocketFolder(join(folder, "engine.sock"));
    expect(spawnSync("stat", ["-c", "%a", folder], { encoding: "utf8" }).stdout.trim()).toBe("700");
    symlinkSync("/tmp", join(home, "link"));
    await expect(prepareSocketFolder(join(home, "link", "engine.sock"))).rejects.toMatchObject({
      code: "engine-start-failed",
    });
  });
});
