import { describe, expect, it } from "vitest";
import { describeFailure } from "#cli/failure.ts";
import { UsageError } from "#cli/parse/usageError.ts";
import { slipwayError } from "#contract/errors.ts";

const describe1 = (thrown: unknown) => describeFailure(thrown, { place: "slipway job show", debug: false });

describe("a failure", () => {
  it("has az's exit codes", () => {
    expect(describe1(new UsageError("bad")).exitCode).toBe(2);
    expect(describe1(slipwayError("not-found", "No job x.")).exitCode).toBe(3);
    expect(describe1(slipwayError("conflict", "Taken.")).exitCode).toBe(1);
    expect(describe1(new DOMException("stopped", "AbortError"))).toEqual({ lines: [], exitCode: 130 });
    expect(describe1(Object.assign(new Error("no space"), { code: "ENOSPC" })).lines).toEqual(["ERROR: no space"]);
  });

  it("is one line, the places it names, and the next step", () => {
    const error = slipwayError("invalid-document", "job.yml is not valid.", {
      next: "Mend it.",
      details: {
        file: "/x/job.yml",
        problems: [
          { severity: "error", message: "'nme' is not a key.", range: { line: 3, column: 5 } },
          { severity: "warning", message: "Old.", line: 1, column: 1 },
        ],
      },
    });
    expect(describe1(error).lines).toEqual([
      "ERROR: job.yml is not valid.",
      "  /x/job.yml:3:5: error: 'nme' is not a key.",
      "  /x/job.yml:1:1: warning: Old.",
      "Mend it.",
    ]);
  });

  it("of a wrong command line names the help", () => {
    expect(describe1(new UsageError("unrecognized arguments: --x.")).lines).toEqual([
      "ERROR: unrecognized arguments: --x.",
      "Run `slipway job show --help`.",
    ]);
  });

  it("that nobody foresaw shows where it came from", () => {
    const { lines } = describe1(new TypeError("x is undefined"));
    expect(lines[1]).toContain("fault in Slipway itself");
    expect(lines[2]).toContain("failure.test.ts");
  });
});
