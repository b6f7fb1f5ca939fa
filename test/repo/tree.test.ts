import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mustRun, root } from "../../tools/process/run.ts";

const text = (file: string): string => readFileSync(join(root, file), "utf8");

const tracked = async (...patterns: string[]): Promise<string[]> =>
  (await mustRun(["git", "ls-files", "-z", "--", ...patterns])).output.split("\0").filter((file) => file !== "");

test("the lock file names no registry", () => {
  expect(text("package-lock.json")).not.toMatch(/"resolved"/);
});

test("no file names a folder of the machine on which it was written", async () => {
  const files = await tracked(
    "src",
    "webviews",
    "language-server",
    "python",
    "tools",
    "docs",
    "examples",
    "*.md",
    "*.json",
  );
  expect(files.length).toBeGreaterThan(0);
  const machine = [`${root}/`, `${homedir()}/`].filter((path) => path.length > 7);
  expect(files.filter((file) => machine.some((path) => text(file).includes(path)))).toEqual([]);
});

test("nothing is marked as to be done later", async () => {
  const files = await tracked("src", "webviews", "language-server", "python", "tools");
  const mark = new RegExp(
    `\\b(${["TO", "FIX"].map((start) => `${start}${start === "TO" ? "DO" : "ME"}`).join("|")})\\b`,
  );
  expect(files.filter((file) => mark.test(text(file)))).toEqual([]);
});
