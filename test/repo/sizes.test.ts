import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../tools/process/run.ts";

const files = globSync("{src,webviews,language-server,python,tools}/**/*.{ts,tsx,py,css}", { cwd: root });
const sizes = files
  .map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length - 1 }))
  .sort((a, b) => a.lines - b.lines);

test("no file is over 500 lines", () => {
  expect(sizes.filter(({ lines }) => lines > 500)).toEqual([]);
});

test("half of the files are under 100 lines, nine of ten under 300", () => {
  expect(files.length).toBeGreaterThan(0);
  expect(sizes[Math.floor(sizes.length / 2)]?.lines).toBeLessThan(100);
  expect(sizes[Math.floor(sizes.length * 0.9)]?.lines).toBeLessThan(300);
});
