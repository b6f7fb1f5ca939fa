import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readGitState } from "#engine/snapshots/gitState.ts";
import { settings } from "#extension/contributions/settings.ts";

interface Manifest {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
}

const folder = mkdtempSync(join(tmpdir(), "slipway-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what a folder chooses for the person who opens it", () => {
  it("T12 filters of a repository run neither in its state nor in its diff; those of the user do", async () => {
    const repository = join(folder, "repository");
    const canary = join(folder, "canary");
    mkdirSync(repository);
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
        cwd: repository,
        stdio: "pipe",
      });
    git("init", "-q");
    writeFileSync(join(repository, "a.py"), "print(1)\n");
    git("add", ".");
    git("commit", "-qm", "first");
    const touch = `touch ${canary}; cat`;
    for (const key of ["filter.x.clean", "filter.x.process", "filter.y.z.clean"]) git("config", key, touch);
    writeFileSync(join(repository, ".gitattributes"), "*.py filter=x\n*.txt filter=y.z\n");
    writeFileSync(join(repository, "a.py"), "print(2)\n");
    writeFileSync(join(repository, "b.txt"), "b\n");
    const state = await readGitState(repository);
    expect(state?.dirty).toBe(true);
    expect(state?.diff).toContain("+print(2)");
    expect(existsSync(canary)).toBe(false);
    // The check can fail: git itself does run them.
    execFileSync("git", ["diff", "HEAD"], { cwd: repository, stdio: "pipe" });
    expect(existsSync(canary)).toBe(true);
  });

  it("T12 every setting that names a program, a place or a host is ignored when an untrusted folder sets it", () => {
    const harmless = new Set([
      "slipway.workspace",
      "slipway.engine.idleMinutes",
      "slipway.environment.runtime",
      "slipway.submit.sheet",
      "slipway.jobs.notify",
      "slipway.log.windowMegabytes",
      "slipway.log.windowLines",
      // Pairs for job files of the folder itself, which run in a trusted one alone.
      "slipway.tests.smoke",
      "slipway.terminal.addToPath",
    ]);
    const { capabilities } = JSON.parse(
      readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
    ) as Manifest;
    const restricted = capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const [id, { scope }] of Object.entries(settings)) {
      if (harmless.has(id)) continue;
      // A setting of scope `machine` is never read from a folder at all.
      expect(scope === "machine" || restricted.includes(id), `${id} is neither restricted nor the machine's`).toBe(
        true,
      );
    }
  });
});
