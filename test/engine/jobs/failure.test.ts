import { describe, expect, test } from "vitest";
import { slipwayError } from "#contract/errors.ts";
import type { ExitRecord } from "#engine/compute/runner.ts";
import { explainExit, explainFault } from "#engine/jobs/failure.ts";

const code = "/home/u/.slipway/targets/local/jobs/default/j/1/wd";
const exit = (more: Partial<ExitRecord> = {}): ExitRecord => ({
  code: 1,
  signal: null,
  reason: "exited",
  started_at: 1,
  ended_at: 2,
  duration_ms: 61_000,
  evidence: {},
  ...more,
});
const explain = (log: string, more: Partial<ExitRecord> = {}) => explainExit(exit(more), Buffer.from(log), code);

const traceback = (message: string, file = `${code}/src/train.py`) =>
  `epoch 1\nTraceback (most recent call last):\n  File "${file}", line 12, in <module>\n    main()\n  File "${code}/src/model.py", line 7, in main\n    fit()\n    ~~~^^\n  File "/env/lib/python3.11/site-packages/lib/fit.py", line 99, in fit\n    raise X\n${message}\n`;

describe("why a job failed", () => {
  test.each([
    ["ModuleNotFoundError: No module named 'xgboost.core'", "import"],
    ["ImportError: cannot import name 'x' from 'y'", "import"],
    ["MemoryError", "memory"],
    ["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB", "memory"],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'", "path"],
    ["OSError: [Errno 28] No space left on device", "disk"],
    ["ValueError: bad", "exit"],
  ])("%s is %s, in the innermost line of the user's own code", (message, kind) => {
    const error = explain(traceback(message));
    expect(error).toMatchObject({ class: kind, message, location: { file: "src/model.py", line: 7 } });
    expect(error.tail.at(-1)).toBe(message);
  });

  test("a missing package comes with the action that adds it", () => {
    const error = explain(traceback("ModuleNotFoundError: No module named 'xgboost.core'"));
    expect(error.fix).toMatchObject({ title: "Add xgboost to the environment", argument: "xgboost" });
  });

  test.each([
    ["bash: line 1: pythn: command not found\n", "environment"],
    ["python: can't open file '/x/trian.py': [Errno 2] No such file or directory\n", "path"],
    ["just words\n", "exit"],
    ["", "exit"],
  ])("without a traceback the last words count: %s", (log, kind) => {
    expect(explain(log)).toMatchObject({ class: kind, location: null });
  });

  test("a syntax error, a chained exception, relative names", () => {
    const syntax = explain(
      `  File "${code}/train.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\n`,
    );
    expect(syntax).toMatchObject({ class: "exit", location: { file: "train.py", line: 3 } });
    const chained = `${traceback("KeyError: 'a'")}\nDuring handling of the above exception, another exception occurred:\n\n${traceback("ValueError: second", "train.py")}`;
    expect(explain(chained).message).toBe("ValueError: second");
    const relative = 'Traceback (most recent call last):\n  File "train.py", line 2, in <module>\nRuntimeError: x\n';
    expect(explain(relative).location).toEqual({ file: "train.py", line: 2 });
  });

  test("how it ended decides before its words do", () => {
    expect(explain("", { reason: "timeout", code: null, signal: "SIGTERM" })).toMatchObject({ class: "timeout" });
    expect(explain("", { signal: "SIGKILL", code: null, evidence: { oom: { events: 1 } } }).class).toBe("memory");
    expect(explain("", { reason: "launcher_lost", evidence: { boot_id_changed: true } }).class).toBe("host_restarted");
    expect(explain("", { reason: "launcher_lost", evidence: { words: "gone" } })).toMatchObject({
      class: "launcher_lost",
      message: expect.stringContaining("gone") as string,
    });
    expect(explain("", { reason: "start_failed", evidence: { error: "/x: No such file" } }).message).toContain("/x");
  });

  test("the tail is at most 20 lines, and a progress bar is its last state", () => {
    const log = Array.from({ length: 50 }, (_, index) => `line ${index}`).join("\n");
    const { tail } = explain(`${log}\n10%\r50%\r100%\r\n`);
    expect(tail).toHaveLength(20);
    expect(tail.slice(-2)).toEqual(["line 49", "100%"]);
  });

  test("faults of the engine keep their words and next step", () => {
    const built = slipwayError("environment-failed", "No solution found", {
      next: "Loosen a pin.",
      details: { words: "Because a==1\nand b==2\nconflict" },
    });
    expect(explainFault(built)).toMatchObject({
      class: "environment",
      message: "No solution found Loosen a pin.",
      tail: ["Because a==1", "and b==2", "conflict"],
    });
    expect(explainFault(slipwayError("disk-full", "full"))).toMatchObject({ class: "disk" });
    expect(explainFault(new Error("odd"))).toMatchObject({ class: "exit", message: "odd" });
  });
});
