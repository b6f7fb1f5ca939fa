import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readGitState, withoutCredentials } from "#engine/snapshots/gitState.ts";
import { openParts, writeTree, type Parts } from "./parts.ts";

let parts: Parts;
let folder: string;
const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
const git = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
};

beforeAll(async () => {
  parts = await openParts();
  folder = mkdtempSync(join(tmpdir(), "slipway-git-"));
  git("init", "-q", "-b", "main");
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await parts.close();
});

test("a folder outside of any repository has none", async () => {
  expect(await readGitState(parts.userHome)).toBeNull();
  expect(await parts.snapshots.gitState(join(parts.folder, "absent"))).toBeNull();
});

test("commit, branch, remote without credentials, and the changes of the folder", async () => {
  writeTree(folder, { "src/train.py": "lr = 1\n", "other.txt": "o\n" });
  expect(await readGitState(join(folder, "src"))).toMatchObject({
    commit: null,
    branch: "main",
    dirty: true,
    diff: "",
  });
  git("add", "-A");
  git("commit", "-qm", "First");
  git("remote", "add", "origin", "https://ann:token123@example.org/team/repo.git");
  const clean = await parts.snapshots.gitState(join(folder, "src"));
  expect(clean).toEqual({
    commit: git("rev-parse", "HEAD"),
    branch: "main",
    remote: "https://example.org/team/repo.git",
    dirty: false,
    diff: null,
  });
  writeFileSync(join(folder, "src/train.py"), "lr = 2\n");
  writeFileSync(join(folder, "other.txt"), "outside of the code\n");
  const dirty = await parts.snapshots.gitState(join(folder, "src"));
  expect(dirty?.dirty).toBe(true);
  const diff = (await buffer(await parts.blobs.open(dirty!.diff!))).toString();
  expect(diff).toContain("-lr = 1\n+lr = 2");
  expect(diff).not.toContain("outside of the code");
  git("checkout", "-q", "--detach");
  expect((await readGitState(join(folder, "src/train.py")))?.branch).toBeNull();
});

test("runs nothing that the repository asks for, and leaves its index alone", async () => {
  const canary = join(parts.folder, "canary");
  const hook = join(folder, "hook.sh");
  writeFileSync(hook, `#!/bin/sh\ntouch ${canary}\ncat\n`, { mode: 0o755 });
  git("config", "diff.external", hook);
  git("config", "core.fsmonitor", hook);
  git("config", "core.pager", hook);
  writeFileSync(join(folder, ".gitattributes"), "*.py diff=evil\n");
  git("config", "diff.evil.textconv", hook);
  writeFileSync(join(folder, "src/train.py"), "lr = 3\n");
  rmSync(canary, { force: true });
  const before = statSync(join(folder, ".git/index")).mtimeMs;
  expect((await readGitState(folder))?.dirty).toBe(true);
  expect(statSync(join(folder, ".git/index")).mtimeMs).toBe(before);
  expect(existsSync(canary)).toBe(false);
});

test.each([
  ["https://ann:secret@host/x.git", "https://host/x.git"],
  ["https://token@host/x.git", "https://host/x.git"],
  ["ssh://git@host/x.git", "ssh://git@host/x.git"],
  ["ssh://git:secret@host/x.git", "ssh://git@host/x.git"],
  ["git@host:team/x.git", "git@host:team/x.git"],
  ["/srv/git/x.git", "/srv/git/x.git"],
])("%s is shown as %s", (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown);
});
