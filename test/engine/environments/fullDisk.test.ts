import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ensureEnvironment, resolveEnvironment } from "#engine/environments/ensure.ts";
import { EnvironmentLab } from "./lab.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const lab = new EnvironmentLab();
const small = join(lab.folder, "small");
const before = { path: process.env["PATH"], cache: process.env["UV_CACHE_DIR"] };

/** A file system of 24 MB; false where this user may not mount one. */
function mountSmall(): boolean {
  mkdirSync(small);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", small], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
const mounted = mountSmall();

beforeAll(async () => {
  await lab.open([{ name: "large", version: "1.0", bytes: 24_000_000 }]);
  // uv and the package cache are elsewhere: the environment alone is what does not fit.
  await resolveEnvironment({ ...lab.host, plan: lab.plan([]) });
  const uv = execFileSync("find", [join(lab.host.root, "tools"), "-path", "*/bin/uv"], { encoding: "utf8" }).trim();
  if (uv !== "") process.env["PATH"] = `${dirname(uv)}:${before.path}`;
  process.env["UV_CACHE_DIR"] = join(lab.folder, "cache");
});

afterAll(async () => {
  process.env["PATH"] = before.path;
  if (before.cache === undefined) delete process.env["UV_CACHE_DIR"];
  else process.env["UV_CACHE_DIR"] = before.cache;
  if (mounted) execFileSync("umount", [small]);
  await lab.close();
});

it.skipIf(!mounted)(
  "a full disk is named, leaves no half environment, and is no obstacle once there is room",
  async () => {
    const plan = lab.plan(["large"]);
    const host = { ...lab.host, root: small };
    await expect(ensureEnvironment({ ...host, plan })).rejects.toMatchObject({ code: "disk-full" });
    expect(existsSync(join(small, "environments", plan.key))).toBe(false);
    execFileSync("mount", ["-o", "remount,size=200m", small]);
    expect((await ensureEnvironment({ ...host, plan })).cached).toBe(false);
  },
);
