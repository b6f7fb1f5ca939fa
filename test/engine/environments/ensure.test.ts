import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { listEnvironments, removeEnvironments } from "#engine/environments/cleanup.ts";
import { ensureEnvironment, isCached, resolveEnvironment } from "#engine/environments/ensure.ts";
import { planEnvironment } from "#engine/environments/plan.ts";
import type { EnvironmentPlan } from "#engine/environments/request.ts";
import { EnvironmentLab, logKeeper } from "./lab.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const lab = new EnvironmentLab();

beforeAll(async () => {
  await lab.open([
    { name: "demo", version: "1.0" },
    { name: "demo", version: "2.0" },
    { name: "needy", version: "1.0", requires: ["demo<2"] },
    { name: "moved", version: "1.1.2", tag: "cp27-cp27mu-manylinux1_x86_64" },
    { name: "moved", version: "1.1.3" },
    { name: "moved", version: "1.2.0" },
    { name: "large", version: "1.0", bytes: 12_000_000 },
  ]);
  // uv is found or installed once, outside the tests' own time.
  await resolveEnvironment({ ...lab.host, plan: lab.plan([]) });
});

afterAll(() => lab.close());

function python(path: string, code: string): string {
  return execFileSync(path, ["-c", code], { encoding: "utf8" }).trim();
}

describe("building", () => {
  it("installs what the plan says, with pip, and keeps a lock with hashes", async () => {
    const plan = lab.plan(["needy"]);
    const log = logKeeper();
    expect(await isCached({ ...lab.host, plan })).toBe(false);
    const made = await ensureEnvironment({ ...lab.host, plan, onLog: log.onLog });
    expect(made.cached).toBe(false);
    expect(python(made.python, "import needy, demo, pip; print(demo.__version__)")).toBe("1.0");
    expect(made.lock).toMatch(/demo==1\.0 \\\n {4}--hash=sha256:[0-9a-f]{64}/);
    expect(log.text()).toContain("+ needy==1.0");
    const again = await ensureEnvironment({ ...lab.host, plan });
    expect(again).toMatchObject({ cached: true, path: made.path, lock: made.lock });
    expect(await isCached({ ...lab.host, plan })).toBe(true);
  });

  it("keeps the solver's own words, and nothing else", async () => {
    const plan = lab.plan(["needy", "demo==2.0"]);
    await expect(ensureEnvironment({ ...lab.host, plan })).rejects.toMatchObject({
      code: "environment-failed",
      message: expect.stringMatching(/needy.* depends? on demo<2/s),
    });
    expect(existsSync(join(lab.host.root, "environments", plan.key))).toBe(false);
  });

  it("moves a pin without a wheel to its compatible release and says so", async () => {
    const made = await ensureEnvironment({ ...lab.host, plan: lab.plan(["moved==1.1.2"]) });
    expect(python(made.python, "import moved; print(moved.__version__)")).toBe("1.1.3");
    expect(made.report).toContainEqual(
      expect.objectContaining({ rule: "pin-relaxed", wanted: "moved==1.1.2", used: "moved==1.1.3" }),
    );
  });

  it("leaves a pin alone where nothing may be relaxed", async () => {
    const plan = lab.plan(["moved==1.1.2"], { relax: "off" });
    await expect(ensureEnvironment({ ...lab.host, plan })).rejects.toMatchObject({ code: "environment-failed" });
  });

  it("resolves without building, and the build uses that very lock", async () => {
    const plan = lab.plan(["demo", "moved"]);
    const { lock } = await resolveEnvironment({ ...lab.host, plan });
    expect(await isCached({ ...lab.host, plan })).toBe(false);
    expect((await ensureEnvironment({ ...lab.host, plan })).lock).toBe(lock);
  });

  it("installs only the files whose hashes the requirements name", async () => {
    const wheel = readFileSync(join(lab.wheels, "demo-1.0-py3-none-any.whl"));
    const right = createHash("sha256").update(wheel).digest("hex");
    const { lock } = await ensureEnvironment({ ...lab.host, plan: lab.plan([`demo==1.0 --hash=sha256:${right}`]) });
    expect(lock).toContain(`demo==1.0 \\\n    --hash=sha256:${right}\n`);
    const wrong = lab.plan([`demo==1.0 --hash=sha256:${"0".repeat(64)}`]);
    await expect(ensureEnvironment({ ...lab.host, plan: wrong })).rejects.toMatchObject({
      code: "environment-failed",
      message: expect.stringContaining("demo==1.0"),
    });
  });

  it("names a folder that cannot be written", async () => {
    const blocked = join(lab.folder, "file");
    writeFileSync(blocked, "");
    const build = ensureEnvironment({ ...lab.host, root: blocked, plan: lab.plan(["demo"]) });
    await expect(build).rejects.toMatchObject({
      code: "environment-failed",
      message: expect.stringContaining(blocked),
    });
  });

  it("refuses a plan with refusals before anything is touched", async () => {
    const plan = lab.plan(["-e ./package"]);
    await expect(ensureEnvironment({ ...lab.host, plan })).rejects.toMatchObject({ code: "environment-refused" });
  });

  it("builds again when the interpreter of an environment is gone", async () => {
    const plan = lab.plan(["demo==2.0"]);
    const { python: interpreter } = await ensureEnvironment({ ...lab.host, plan });
    rmSync(interpreter);
    const again = await ensureEnvironment({ ...lab.host, plan });
    expect(python(again.python, "import demo; print(demo.__version__)")).toBe("2.0");
  });
});

describe("several builders", () => {
  it("one builds, the others follow its log", async () => {
    const plan = lab.plan(["demo", "needy"]);
    const logs = Array.from({ length: 5 }, logKeeper);
    const made = await Promise.all(logs.map(({ onLog }) => ensureEnvironment({ ...lab.host, plan, onLog })));
    expect(new Set(made.map(({ path }) => path)).size).toBe(1);
    const texts = logs.map(({ text }) => text());
    expect(texts.filter((text) => text.includes("Another process")).length).toBeLessThanOrEqual(4);
    for (const text of texts.filter((one) => one !== "")) expect(text).toContain("Environment ready");
    expect(
      readFileSync(join(lab.host.root, "environments", `${plan.key}.log`), "utf8").match(/Environment ready/g),
    ).toHaveLength(1);
  });

  it("a failed build is told to those who waited", async () => {
    const plan = lab.plan(["needy", "demo>=2.0"]);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => ensureEnvironment({ ...lab.host, plan })));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "environment-failed" } });
    }
  });

  it("what a killed builder left is never used", async () => {
    const plan = lab.plan(["large"]);
    for (const moment of ["Resolving", "Using Python", "Resolved", "Prepared"]) {
      await killAt(plan, moment);
      expect(await isCached({ ...lab.host, plan })).toBe(false);
    }
    const { python: interpreter } = await ensureEnvironment({ ...lab.host, plan });
    expect(python(interpreter, "import large, pip; print(large.__version__)")).toBe("1.0");
  });
});

/** Starts a build in a Python of its own and kills it, with its uv, when `moment` is in the log. */
async function killAt(plan: ReturnType<EnvironmentLab["plan"]>, moment: string): Promise<void> {
  let killed = false;
  const controller = new AbortController();
  const build = ensureEnvironment({
    ...lab.host,
    plan,
    signal: controller.signal,
    onLog: (bytes) => {
      if (killed || !Buffer.from(bytes).toString().includes(moment)) return;
      killed = true;
      for (const pid of builders()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It has just ended by itself.
        }
      }
    },
  });
  await build.catch(() => undefined);
  rmSync(join(lab.host.root, "environments", plan.key, "slipway-environment.json"), { force: true });
}

/** Children of this process that run the target-side program. */
function builders(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("slipway");
      } catch {
        return false;
      }
    });
}

describe("cancelling", () => {
  /** Builds until `moment` is in the log, cancels, and says whether the build had ended by then. */
  async function cancelAt(plan: EnvironmentPlan, moment: string): Promise<"cancelled" | "too late"> {
    const controller = new AbortController();
    const reason = new Error("not needed any more");
    const log = logKeeper();
    const build = ensureEnvironment({
      ...lab.host,
      plan,
      signal: controller.signal,
      onLog: (bytes) => {
        log.onLog(bytes);
        if (log.text().includes(moment)) controller.abort(reason);
      },
    });
    await expect(build).rejects.toBe(reason);
    return log.text().includes("Environment ready") ? "too late" : "cancelled";
  }

  it.each(["Resolving", "Using Python", "Resolved", "Installed"])(
    "at %s ends the build, its helpers and what it made",
    async (moment) => {
      const plan = lab.plan(["large", "demo"]);
      // The word of a moment can come late on a busy machine, when the build is done: that one is whole and stays.
      while ((await cancelAt(plan, moment)) === "too late") {
        expect(await isCached({ ...lab.host, plan })).toBe(true);
        await removeEnvironments({ ...lab.host, keys: [plan.key] });
      }
      expect(existsSync(join(lab.host.root, "environments", plan.key))).toBe(false);
      expect(builders()).toEqual([]);
    },
  );

  it("ends a build that waits for its package index", async () => {
    const asked = new EventEmitter();
    const silent = createServer(() => asked.emit("asked"));
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const { port } = silent.address() as AddressInfo;
    try {
      const requirements = [`--index-url http://127.0.0.1:${port}/simple`, "absent"];
      const plan = planEnvironment({ request: { requirements }, facts: lab.facts });
      const controller = new AbortController();
      const build = ensureEnvironment({ ...lab.host, plan, signal: controller.signal });
      asked.once("asked", () => controller.abort(new Error("not needed any more")));
      await expect(build).rejects.toThrow("not needed any more");
      expect(existsSync(join(lab.host.root, "environments", plan.key))).toBe(false);
      expect(builders()).toEqual([]);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });
});

describe("an index with a password", () => {
  it("is used as pip's configuration says, and the password is in no argument, log or file", async () => {
    const canary = "canary-7c1f";
    const seen: string[] = [];
    const server = createServer((request, reply) => {
      const expected = `Basic ${Buffer.from(`reader:${canary}`).toString("base64")}`;
      if (request.headers.authorization !== expected) {
        reply.writeHead(401, { "www-authenticate": "Basic" }).end();
        return;
      }
      const [, project = "", file = ""] = /^\/simple\/([^/]+)\/(.*)$/.exec(request.url ?? "") ?? [];
      seen.push(project);
      const names = readdirSync(lab.wheels).filter((name) => name.startsWith(`${project}-`));
      if (file !== "") reply.end(readFileSync(join(lab.wheels, file)));
      else if (names.length === 0) reply.writeHead(404).end();
      else
        reply
          .setHeader("content-type", "text/html")
          .end(names.map((name) => `<a href="${name}">${name}</a>`).join("\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const address = `http://reader:${canary}@127.0.0.1:${port}/simple`;
    const before = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith("PIP_")) delete process.env[name];
    const configuration = join(lab.folder, "pip.conf");
    writeFileSync(configuration, `[global]\nindex-url = ${address}\n`);
    process.env["PIP_CONFIG_FILE"] = configuration;
    process.env["NO_PROXY"] = "127.0.0.1";
    const watcher = watchArguments(canary);
    const log = logKeeper();
    try {
      const plan = planEnvironment({ request: { requirements: ["demo==1.0", "large"] }, facts: lab.facts });
      const made = await ensureEnvironment({ ...lab.host, plan, onLog: log.onLog });
      expect(seen).toContain("demo");
      expect(made.lock).not.toContain(canary);
      expect(log.text()).not.toContain(canary);
      expect(filesWith(canary, lab.host.root)).toEqual([]);
    } finally {
      process.env = before;
      server.close();
      expect(await watcher.stop()).toBe("");
    }
  });
});

/** Files below `folder` that hold `word`. */
function filesWith(word: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(word));
}

/** A process that looks at all command lines again and again for `word`. */
function watchArguments(word: string): { stop: () => Promise<string> } {
  const script = [
    "import glob, sys",
    "word = sys.stdin.readline().strip().encode()",
    "import threading",
    "done = threading.Event()",
    "threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()",
    "while not done.is_set():",
    "    for path in glob.glob('/proc/[0-9]*/cmdline'):",
    "        try:",
    "            text = open(path, 'rb').read()",
    "        except OSError:",
    "            continue",
    "        if word in text: print(text); done.set()",
  ].join("\n");
  const child = spawn(lab.facts.interpreters[0]?.path ?? "python3", ["-c", script]);
  child.stdin.write(`${word}\n`);
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return {
    stop: () =>
      new Promise((resolve) => {
        child.on("close", () => resolve(text));
        child.stdin.end();
      }),
  };
}

describe("an interpreter as it is", () => {
  it("is used without building, and its packages are listed", async () => {
    const interpreter = lab.facts.interpreters[0];
    const plan = planEnvironment({ request: { localPython: interpreter?.path ?? "" }, facts: lab.facts });
    const made = await ensureEnvironment({ ...lab.host, plan });
    expect(made).toMatchObject({ python: interpreter?.path, cached: true });
    expect(made.lock).toMatch(/^pip==/m);
  });

  it("that does not start is named", async () => {
    const plan = planEnvironment({ request: { localPython: "/nowhere/python" }, facts: lab.facts });
    await expect(ensureEnvironment({ ...lab.host, plan })).rejects.toMatchObject({ code: "tool-not-found" });
  });
});

describe("clean-up", () => {
  it("lists environments with their sizes and removes the unused ones", async () => {
    const plan = lab.plan(["moved==1.2.0", "demo==1.0"]);
    await ensureEnvironment({ ...lab.host, plan });
    const found = (await listEnvironments(lab.host)).find(({ key }) => key === plan.key);
    expect(found).toMatchObject({ complete: true, label: "environment", python_version: plan.python.version });
    expect(found?.bytes).toBeGreaterThan(0);
    const used = found?.used ?? 0;
    expect(await removeEnvironments({ ...lab.host, keys: [plan.key], unusedSince: used - 10 })).toBe(0);
    expect(await removeEnvironments({ ...lab.host, keys: [plan.key], unusedSince: used + 10 })).toBeGreaterThan(0);
    expect(await isCached({ ...lab.host, plan })).toBe(false);
    expect((await ensureEnvironment({ ...lab.host, plan })).cached).toBe(false);
  });
});
