import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IgnoreFile } from "#engine/snapshots/ignoreFile.ts";
import { noAnswers, openParts, writeTree, type Parts } from "./parts.ts";

const files = [
  "a.txt",
  "b.log",
  "build",
  "x1.txt",
  "x[1].txt",
  "#hash.txt",
  "!bang.txt",
  ".env.sample",
  "Data/Z.csv",
  "data/keep.csv",
  "data/raw/x.bin",
  "data/raw/keep.csv",
  "docs/a b.md",
  "foo/baz.txt",
  "foo/bar/baz/q.txt",
  "deep/foo/bar/x",
  "src/main.py",
  "src/data/y.csv",
  "src/m.pyc",
  "a/b/c/d.txt",
  "node_modules/m/index.js",
  "pkg/node_modules/m/i.js",
  ".venv/lib/p.py",
];

/** Lines of an ignore file, and the files that Azure's SDK keeps out by them where git's answer is another one. */
const table: [lines: string[], azureAlso: string[], gitAlso: string[]][] = [
  [["data/"], [], []],
  [["/data"], [], []],
  [["data"], [], []],
  [["**/data"], [], []],
  [["data/**"], [], []],
  [["**/raw/**"], [], []],
  [["foo/**/baz.txt"], [], []],
  [["foo/*"], [], []],
  [["foo/*/baz"], [], []],
  [["*.log", "*.txt", "!a.txt"], [], []],
  [["*.csv", "!keep.csv"], [], []],
  [["data/*", "!data/keep.csv"], [], []],
  [["!*.csv", "*.csv"], [], []],
  [["a.txt", "!a.txt", "a.txt"], [], []],
  [["\\#hash.txt"], [], []],
  [["#hash.txt"], [], []],
  [["\\!bang.txt"], [], []],
  [["x[1].txt"], [], []],
  [["x[0-9].txt"], [], []],
  [["x?.txt"], [], []],
  [["[!a].txt"], [], []],
  [["*.p[yc]*"], [], []],
  [["*"], [], []],
  [["*", "!*.py"], [], ["src/main.py", ".venv/lib/p.py"]],
  [["/*", "!/src"], [], []],
  [["build"], [], []],
  [["build/"], [], []],
  [[".*"], [], []],
  [["**"], [], []],
  [["a/**/d.txt"], [], []],
  [["a/b"], [], []],
  [["b/c"], [], []],
  [["DATA/"], [], []],
  [["node_modules"], [], []],
  [["/node_modules"], [], []],
  [["docs/a b.md"], [], []],
  [["docs/a\\ b.md"], [], []],
  [["/"], [], []],
  [["src/*.py"], [], []],
  [["", "  ", "# words", "*.log"], [], []],
  [["*/"], [], []],
  [["*/*.txt"], [], []],
  // Git never looks into a folder that is ignored, so it cannot bring a file of it back; Azure's SDK tests each file.
  [["data/", "!data/keep.csv"], [], ["data/keep.csv"]],
  [["node_modules", "!index.js"], [], ["node_modules/m/index.js"]],
  // Azure's SDK takes blanks away at both ends of a line; git only unescaped ones at the end.
  [["  data/  "], ["data/keep.csv", "data/raw/x.bin", "data/raw/keep.csv", "src/data/y.csv"], []],
];

describe("an ignore file", () => {
  let repository: string;
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), "slipway-ignore-"));
    spawnSync("git", ["init", "-q", repository]);
    writeTree(repository, Object.fromEntries(files.map((path) => [path, ""])));
  });
  afterAll(() => rmSync(repository, { recursive: true, force: true }));

  test.each(table)("%j keeps out what git does, but for Azure's own ways", (lines, azureAlso, gitAlso) => {
    writeFileSync(join(repository, ".gitignore"), `${lines.join("\n")}\n`);
    const { stdout } = spawnSync("git", ["check-ignore", "--no-index", "-z", "--stdin"], {
      cwd: repository,
      input: files.join("\0"),
      encoding: "utf8",
    });
    const git = stdout.split("\0").filter(Boolean);
    const ours = new IgnoreFile(".gitignore", lines.join("\n"));
    const kept = files.filter((path) => ours.ruleFor(path) !== undefined);
    const expected = files.filter(
      (path) => (git.includes(path) && !gitAlso.includes(path)) || azureAlso.includes(path),
    );
    expect(kept).toEqual(expected);
  });

  test("names the line that decided", () => {
    const rules = new IgnoreFile(".amlignore", "# all logs\n*.log\n\ndata/\n!data/keep.csv\n");
    expect(rules.ruleFor("x/b.log")).toBe(".amlignore:2 *.log");
    expect(rules.ruleFor("data/x")).toBe(".amlignore:4 data/");
    expect(rules.ruleFor("data/keep.csv")).toBeUndefined();
    // Something below may come back, so the folder has to be looked into.
    expect(rules.ruleForFolder("data")).toBeUndefined();
    expect(new IgnoreFile(".amlignore", "!x\ndata/").ruleForFolder("data")).toBe(".amlignore:2 data/");
  });
});

describe("a scan", () => {
  let parts: Parts;
  beforeAll(async () => {
    parts = await openParts();
  });
  afterAll(() => parts.close());
  const scan = async (root: string, answers = {}) => parts.snapshots.scan(root, { ...noAnswers, ...answers });

  test("obeys .amlignore alone where there is one, and no nested file", async () => {
    const root = writeTree(join(parts.folder, "both"), {
      ".amlignore": "*.bin\nbig/\n",
      ".gitignore": "*.txt\n",
      "a.txt": "",
      "a.bin": "",
      "big/one": "",
      "big/two": "",
      "sub/.gitignore": "*\n",
      "sub/.amlignore": "*\n",
      "sub/kept": "",
      ".git/HEAD": "ref",
      "sub/.git": "gitdir: elsewhere",
    });
    const { held, sheet } = await scan(root);
    expect(held.files.map(({ path }) => path)).toEqual([
      ".amlignore",
      ".gitignore",
      "a.txt",
      "sub/.amlignore",
      "sub/.gitignore",
      "sub/kept",
    ]);
    expect([...sheet.skipped].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: ".git", rule: "built-in .git" },
      { path: "a.bin", rule: ".amlignore:1 *.bin" },
      { path: "big/", rule: ".amlignore:2 big/" },
      { path: "sub/.git", rule: "built-in .git" },
    ]);
  });

  test("names the files that only a parent's .gitignore would skip, and skips them on request", async () => {
    const repository = join(parts.folder, "repository");
    mkdirSync(join(repository, ".git"), { recursive: true });
    writeTree(repository, {
      ".gitignore": "*.ckpt\n/jobs/train/private/\n",
      "jobs/.gitignore": "*.tmp\n!keep.ckpt\n",
      "jobs/train/a.py": "",
      "jobs/train/m.ckpt": "",
      "jobs/train/keep.ckpt": "",
      "jobs/train/x.tmp": "",
      "jobs/train/private/p.txt": "",
    });
    const root = join(repository, "jobs/train");
    const { held, sheet } = await scan(root);
    expect(held.files).toHaveLength(5);
    expect([...sheet.parent_ignored].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: "m.ckpt", rule: "../../.gitignore:1 *.ckpt" },
      { path: "private/p.txt", rule: "../../.gitignore:2 /jobs/train/private/" },
      { path: "x.tmp", rule: "../.gitignore:1 *.tmp" },
    ]);
    const without = await scan(root, { skip_parent_ignored: true });
    expect(without.held.files.map(({ path }) => path)).toEqual(["a.py", "keep.ckpt"]);
    expect(without.sheet.skipped_count).toBe(3);
  });

  test("takes includes beside the code, under their own rules, and refuses two files for one path", async () => {
    const root = writeTree(join(parts.folder, "included/src"), { "train.py": "", "taken.py": "" });
    writeTree(join(parts.folder, "included"), {
      "common/helper.py": "",
      "common/notes.md": "",
      "common/.amlignore": "*.md\n",
      "one.py": "",
      "other/taken.py": "",
    });
    const include = (path: string, target: string) => ({ source: join(parts.folder, "included", path), target });
    const good = await parts.snapshots.scan(root, noAnswers, [
      include("common", "common"),
      include("one.py", "one.py"),
    ]);
    expect(good.held.files.map(({ path }) => path)).toEqual([
      "common/.amlignore",
      "common/helper.py",
      "one.py",
      "taken.py",
      "train.py",
    ]);
    const clash = await parts.snapshots.scan(root, noAnswers, [include("other/taken.py", "taken.py")]);
    expect(clash.refusals).toEqual([expect.stringContaining("taken.py is there already")]);
    const absent = await parts.snapshots.scan(root, noAnswers, [include("none", "none")]);
    expect(absent.refusals).toEqual([expect.stringContaining("does not exist")]);
    const alone = await parts.snapshots.scan(null, noAnswers, [include("common", "common")]);
    expect(alone.held.files.map(({ path }) => path)).toEqual(["common/.amlignore", "common/helper.py"]);
  });

  test("remembers what it read: an unchanged tree is not read again, a changed file is", async () => {
    const root = writeTree(join(parts.folder, "remembered"), { "a.py": "1\n", "b.py": "2\n" });
    const request = {
      ...{ root, codeless: false, includes: [], skipParentIgnored: false, findSecrets: true },
      ...{ followOutside: false, maxBytes: null, excluded: [] },
    };
    const settled = async () => {
      // A file that was just written is read again: its clock may not have ticked yet.
      for (;;) {
        const answer = await parts.workers.run("scanFolder", { ...request, memory: null });
        if (Object.keys(JSON.parse(answer.memory ?? "{}") as object).length === 2) return answer.memory;
      }
    };
    const memory = await settled();
    expect((await parts.workers.run("scanFolder", { ...request, memory })).memory).toBeNull();
    const lying = JSON.stringify(
      Object.fromEntries(
        Object.entries(JSON.parse(memory!) as Record<string, [string, string, []]>).map(([path, [stamp]]) => [
          path,
          [stamp, "f".repeat(64), []],
        ]),
      ),
    );
    const remembered = await parts.workers.run("scanFolder", { ...request, memory: lying });
    expect(remembered.files.map(({ sha256 }) => sha256)).toEqual(["f".repeat(64), "f".repeat(64)]);
    writeFileSync(join(root, "a.py"), "9\n");
    const changed = await parts.workers.run("scanFolder", { ...request, memory: lying });
    expect(changed.files[0]?.sha256).not.toBe("f".repeat(64));
    expect(changed.files[1]?.sha256).toBe("f".repeat(64));
  });

  test("leaves out what is no file", async () => {
    const root = writeTree(join(parts.folder, "odd"), { "a.py": "" });
    spawnSync("mkfifo", [join(root, "pipe")]);
    symlinkSync("/dev/null", join(root, "device"));
    const { held, refusals, sheet } = await scan(root);
    expect(held.files.map(({ path }) => path)).toEqual(["a.py"]);
    expect(sheet.skipped).toEqual([{ path: "pipe", rule: "not a regular file" }]);
    expect(refusals).toEqual([expect.stringContaining("device -> /dev/null")]);
  });
});
