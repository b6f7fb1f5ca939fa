import { describe, expect, test } from "vitest";
import { countUnittest, countVitest, sentence, sum } from "../../tools/test/counts.ts";

describe("the sum of all tests", () => {
  test("reads unittest's last lines", () => {
    expect(countUnittest("....\nRan 4 tests in 0.1s\n\nOK\n", 0)).toEqual({ passed: 4, failed: 0, skipped: 0 });
    const mixed = "Ran 9 tests in 1.2s\n\nFAILED (failures=1, errors=2, skipped=3)\n";
    expect(countUnittest(mixed, 1)).toEqual({ passed: 3, failed: 3, skipped: 3 });
    expect(countUnittest("Ran 2 tests in 1s\n\nOK (skipped=2)\n", 0)).toEqual({ passed: 0, failed: 0, skipped: 2 });
  });

  test("takes a crash for a failure, not for silence", () => {
    expect(countUnittest("Segmentation fault", 139).failed).toBe(1);
    const unloadable = { name: "a.test.ts", status: "failed", message: "no such module", assertionResults: [] };
    const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, success: false };
    expect(countVitest({ ...report, testResults: [unloadable] })).toEqual({
      passed: 5,
      failed: 1,
      skipped: 1,
      failures: ["a.test.ts: no such module"],
    });
    expect(countVitest({ ...report, testResults: [] }).failed).toBe(1);
  });

  test("names what failed", () => {
    const assertionResults = [
      { status: "passed", fullName: "adds", failureMessages: [] },
      { status: "failed", fullName: "divides", failureMessages: [`by zero ${"!".repeat(2000)}`] },
    ];
    const file = { name: "sums.test.ts", status: "failed", message: "", assertionResults };
    const report = { numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, success: false };
    const { failures = [] } = countVitest({ ...report, testResults: [file] });
    expect(failures).toEqual([expect.stringMatching(/^sums\.test\.ts > divides: by zero !+…$/)]);
    const output =
      "FAIL: test_one (a.B)\n---\nERROR: test_two (a.B)\nRan 2 tests in 1s\n\nFAILED (failures=1, errors=1)\n";
    expect(countUnittest(output, 1).failures).toEqual(["FAIL: test_one (a.B)", "ERROR: test_two (a.B)"]);
  });

  test("is told in one sentence", () => {
    const all = [
      { passed: 1, failed: 2, skipped: 3 },
      { passed: 10, failed: 20, skipped: 30 },
    ];
    expect(sentence(sum(all))).toBe("11 passed, 22 failed, 33 skipped");
  });
});
