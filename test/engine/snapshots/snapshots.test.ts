import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noAnswers, openParts, writeTree, type Parts } from "./parts.ts";

let parts: Parts;
beforeAll(async () => {
  parts = await openParts();
});
afterAll(() => parts.close());

const scan = (root: string | null, answers = {}) => parts.snapshots.scan(root, { ...noAnswers, ...answers });

describe("a snapshot", () => {
  test("comes back byte for byte, with the executable bit, in an empty folder", async () => {
    const root = writeTree(join(parts.folder, "code"), {
      "train.py": "print('hello')\n",
      "lib/util.py": "x = 1\n",
      "empty.txt": "",
      "big.bin": Buffer.alloc(600_000, 7),
      "run.sh": "#!/bin/sh\n",
      ".git/config": "[core]\n",
      "__pycache__/train.pyc": "x",
    });
    chmodSync(join(root, "run.sh"), 0o755);
    const frozen = await parts.snapshots.freeze(await scan(root));
    expect(frozen.files).toBe(5);
    const to = join(parts.folder, "wd");
    mkdirSync(to);
    await parts.snapshots.materialize({ digest: frozen.digest, to, transport: parts.transport });
    expect(readdirSync(to).sort()).toEqual(["big.bin", "empty.txt", "lib", "run.sh", "train.py"]);
    expect(readFileSync(join(to, "big.bin"))).toEqual(Buffer.alloc(600_000, 7));
    expect(statSync(join(to, "run.sh")).mode & 0o777).toBe(0o755);
    expect(statSync(join(to, "lib/util.py")).mode & 0o777).toBe(0o644);
    await expect(
      parts.snapshots.materialize({ digest: frozen.digest, to, transport: parts.transport }),
    ).rejects.toMatchObject({ code: "conflict" });
  });

  test("is the same for the same content, and another after a change", async () => {
    const root = writeTree(join(parts.folder, "same"), { "a.py": "a = 1\n", "b.py": "b = 1\n" });
    const first = await parts.snapshots.freeze(await scan(root));
    const copy = writeTree(join(parts.folder, "copy"), { "b.py": "b = 1\n", "a.py": "a = 1\n" });
    expect((await parts.snapshots.freeze(await scan(copy))).digest).toBe(first.digest);
    writeFileSync(join(root, "a.py"), "a = 2\n");
    expect((await parts.snapshots.freeze(await scan(root))).digest).not.toBe(first.digest);
    expect(await buffer(await parts.snapshots.open(first.digest, "a.py"))).toEqual(Buffer.from("a = 1\n"));
  });

  test("of one file is that file, and of nothing is empty", async () => {
    const root = writeTree(join(parts.folder, "one"), { "train.py": "1\n", "other.py": "2\n" });
    const frozen = await parts.snapshots.freeze(await scan(join(root, "train.py")));
    expect((await parts.snapshots.list(frozen.digest)).map(({ path }) => path)).toEqual(["train.py"]);
    const none = await parts.snapshots.freeze(await scan(null));
    expect(none).toMatchObject({ files: 0, bytes: 0 });
    const to = join(parts.folder, "nothing");
    await parts.snapshots.materialize({ digest: none.digest, to, transport: parts.transport });
    expect(readdirSync(to)).toEqual([]);
  });

  test("lists its folders and files and opens nothing else", async () => {
    const root = writeTree(join(parts.folder, "listed"), { "a/b/c.txt": "c", "d.txt": "d" });
    const { digest } = await parts.snapshots.freeze(await scan(root));
    expect((await parts.snapshots.list(digest)).map(({ path, is_dir }) => [path, is_dir])).toEqual([
      ["a", true],
      ["a/b", true],
      ["a/b/c.txt", false],
      ["d.txt", false],
    ]);
    for (const path of ["../d.txt", "/etc/passwd", "a/../d.txt", "a\\b", "", "a/b", "d.txt\0"]) {
      await expect(parts.snapshots.open(digest, path), path).rejects.toMatchObject({ code: "not-found" });
    }
    await expect(parts.snapshots.list("0".repeat(64))).rejects.toMatchObject({ code: "not-found" });
  });

  test("keeps what was read when a file changes between scan and freeze", async () => {
    const root = writeTree(join(parts.folder, "moving"), { "a.py": "before\n" });
    const scanned = await scan(root);
    writeFileSync(join(root, "a.py"), "after, and longer\n");
    const { digest, bytes } = await parts.snapshots.freeze(scanned);
    expect(bytes).toBe(18);
    expect((await buffer(await parts.snapshots.open(digest, "a.py"))).toString()).toBe("after, and longer\n");
  });

  test("says which file is missing when one goes between scan and freeze", async () => {
    const root = writeTree(join(parts.folder, "going"), { "a.py": "here\n", "b.py": "there\n" });
    const scanned = await scan(root);
    rmSync(join(root, "b.py"));
    await expect(parts.snapshots.freeze(scanned)).rejects.toMatchObject({
      code: "file-not-found",
      message: expect.stringContaining("b.py"),
    });
  });
});

describe("a damaged store file", () => {
  const damages: [string, (path: string) => void][] = [
    ["truncated", (path) => truncateSync(path, statSync(path).size - 1)],
    [
      "bit-flipped",
      (path) => {
        const content = readFileSync(path);
        content[0] = (content[0] ?? 0) ^ 1;
        writeFileSync(path, content);
      },
    ],
  ];
  test.each(damages)("%s is detected by its hash and named, packed or not", async (name, damage) => {
    const content = { "small.txt": `small ${name}`, "large.bin": Buffer.alloc(400_000, name) };
    const root = writeTree(join(parts.folder, `damaged-${name}`), content);
    const { digest } = await parts.snapshots.freeze(await scan(root));
    const [large, small] = await parts.trees.files(digest);
    const places = await parts.store.read("locatePacked", { hashes: Buffer.from(small!.sha256, "hex") });
    const pack = join(parts.home, "packs", places[0]!.pack.slice(0, 2), places[0]!.pack);
    for (const [file, path] of [
      ["small.txt", pack],
      ["large.bin", parts.blobs.path(large!.sha256)],
    ] as const) {
      damage(path);
      const read = parts.snapshots.open(digest, file).then((stream) => buffer(stream));
      await expect(read).rejects.toMatchObject({ code: "blob-corrupt", message: expect.stringContaining(path) });
    }
    const to = join(parts.folder, `damaged-${name}-out`);
    const layOut = () => {
      rmSync(to, { recursive: true, force: true });
      return parts.snapshots.materialize({ digest, to, transport: parts.transport });
    };
    // Each damaged file is met once; whoever has the bytes brings them back by submitting again.
    for (let damaged = 0; damaged < 2; damaged++) {
      await expect(layOut()).rejects.toMatchObject({ code: "blob-corrupt" });
      await parts.snapshots.freeze(await scan(root));
    }
    await layOut();
    expect(readFileSync(join(to, "small.txt"), "utf8")).toBe(`small ${name}`);
    expect(readFileSync(join(to, "large.bin"))).toEqual(content["large.bin"]);
  });
});

describe("what is refused or asked", () => {
  test("a link that leads out of the folder, unless it is ignored", async () => {
    const outside = writeTree(join(parts.folder, "outside"), { "secret.txt": "s" });
    const root = writeTree(join(parts.folder, "links"), { "a.py": "1\n", "sub/b.py": "2\n" });
    symlinkSync(join(root, "sub"), join(root, "inner"));
    symlinkSync("a.py", join(root, "alias.py"));
    symlinkSync("..", join(root, "sub/up"));
    symlinkSync("nowhere", join(root, "broken"));
    const clean = await scan(root);
    expect(clean.held.files.map(({ path }) => path)).toEqual(["a.py", "alias.py", "inner/b.py", "sub/b.py"]);
    expect(clean.sheet.skipped.map(({ rule }) => rule).sort()).toEqual([
      "broken link",
      "link to a folder above",
      "link to a folder above",
    ]);
    symlinkSync(outside, join(root, "data"));
    const refused = await scan(root);
    expect(refused.refusals).toEqual([expect.stringContaining(`data -> ${outside}`)]);
    await expect(parts.snapshots.freeze(refused)).rejects.toMatchObject({ code: "path-outside" });
    writeFileSync(join(root, ".amlignore"), "data/\n");
    expect((await scan(root)).refusals).toEqual([]);
  });

  test("a home folder, a folder above it and the root need a yes, and are not even read before", async () => {
    writeTree(parts.userHome, { "note.txt": "n" });
    for (const root of [parts.userHome, parts.folder, "/"]) {
      const asked = await scan(root);
      expect(asked.needs.map(({ answer }) => answer)).toEqual(["allow_home"]);
      expect(asked.held.files).toEqual([]);
      await expect(parts.snapshots.freeze(asked)).rejects.toMatchObject({ code: "needs-confirmation" });
    }
    expect((await scan(parts.userHome, { allow_home: true })).held.files.map(({ path }) => path)).toEqual(["note.txt"]);
  });

  test("suspected secrets, with file and line, never their text", async () => {
    const key = `AKIA${"Q".repeat(8)}12345678`;
    const root = writeTree(join(parts.folder, "secrets"), {
      "a.py": `import os\nKEY = "${key}"\n`,
      ".env": "X=1\n",
      "b.py": "password = os.environ['PASSWORD']\n",
    });
    const asked = await scan(root);
    expect(asked.sheet.secrets).toEqual([
      { path: ".env", line: 0, what: "environment file" },
      { path: "a.py", line: 2, what: "AWS access key" },
    ]);
    expect(JSON.stringify(asked)).not.toContain(key);
    await expect(parts.snapshots.freeze(asked)).rejects.toMatchObject({ code: "needs-confirmation" });
    const allowed = await scan(root, { allow_secrets: true });
    expect((await parts.snapshots.freeze(allowed)).files).toBe(3);
  });

  test("a code folder that is not there", async () => {
    await expect(scan(join(parts.folder, "absent"))).rejects.toMatchObject({ code: "file-not-found" });
  });
});
