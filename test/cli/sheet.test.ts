import { expect, it } from "vitest";
import { size } from "#client/progressText.ts";
import { sheetLines } from "#cli/terminal/sheet.ts";
import type { Preflight } from "#contract/entities/submit.ts";

const sheet: Preflight = {
  display_name: "train",
  experiment_name: "src",
  command: "python train.py",
  code: {
    root: "/p/src",
    files: 1,
    bytes: 1234,
    largest: [],
    skipped: Array.from({ length: 7 }, (_, index) => ({ path: `d${index}/`, rule: ".amlignore:1 d*" })),
    skipped_count: 300,
    parent_ignored: [{ path: "x.log", rule: "../.gitignore:2 *.log" }],
    secrets: [{ path: ".env", line: 3, what: "a private key" }],
  },
  environment: { label: "sklearn-1.5", key: "k", cached: true, python: "3.11", report: ["python 3.10 → 3.11"] },
  target: { name: "local", fallback_for: "cpu-cluster", fits: true, queue_place: 2, detail: "" },
  inputs: [{ name: "lr", value: "0.1", note: "" }],
  needs: [],
  notices: ["image is not run"],
  refusals: [],
};

it("the sheet says what is sent, in which environment, and where", () => {
  expect(sheetLines(sheet, "job.yml")).toEqual([
    "train · experiment src",
    "  code         /p/src: 1 file, 1.2 KB, 300 skipped",
    ...[0, 1, 2, 3, 4].map((index) => `               skipped d${index}/ (.amlignore:1 d*)`),
    "               and 295 more",
    "               sent although a parent's rule skips it: x.log (../.gitignore:2 *.log)",
    "               --skip-parent-ignored leaves these out too",
    "               looks like a secret: .env:3 (a private key)",
    "  environment  sklearn-1.5: cached, Python 3.11",
    "               python 3.10 → 3.11",
    "  target       local (no target is called cpu-cluster), place 2 in the queue",
    "  input        lr = 0.1",
    "  note         image is not run",
  ]);
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 KB"],
  [12_345, "12 KB"],
  [5_000_000_000, "5.0 GB"],
  [7e15, "7000 TB"],
])("%d bytes are %s", (count, text) => {
  expect(size(count)).toBe(text);
});
