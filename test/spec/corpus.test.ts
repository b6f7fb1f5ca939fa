import { describe, expect, test } from "vitest";
import { isKnownKind, load, parseOverrides, validate } from "../../src/spec/index.ts";
import { corpusFiles, corpusText, verdicts, type Verdict } from "./corpusTree.ts";

/** What the CLI's flags would have filled in: a name, an endpoint. */
function flagsOf(verdict: Verdict) {
  return parseOverrides((verdict.overrides ?? []).map((key) => `${key}=from-a-flag`)).overrides;
}

function check(verdict: Verdict) {
  return validate(corpusText(verdict.path), {
    path: verdict.path,
    files: corpusFiles,
    overrides: flagsOf(verdict),
  });
}

describe("the verdicts on a collection of real files are those of Azure's own loader", () => {
  test.each(verdicts.filter((verdict) => isKnownKind(verdict.kind)))("$path ($kind)", (verdict) => {
    const result = check(verdict);
    expect(result.kind).toBe(verdict.kind);
    expect(result.valid, JSON.stringify(result.problems, null, 1)).toBe(verdict.accepted);
  });

  test("no file of any kind that Azure takes is called invalid", () => {
    const accepted = verdicts.filter((verdict) => verdict.accepted !== false);
    const wrong = accepted.filter((verdict) => !check(verdict).valid).map((verdict) => verdict.path);
    expect(wrong).toEqual([]);
    expect(accepted.length).toBeGreaterThan(300);
  });

  test("a kind that is not known yet, and a file that is none, say so in one info", () => {
    for (const verdict of verdicts.filter((item) => !isKnownKind(item.kind))) {
      const { kind, valid, problems } = check(verdict);
      if (!valid) continue;
      const infos = problems.filter((problem) => problem.severity === "info").map((problem) => problem.code);
      expect(infos, verdict.path).toEqual([kind === null ? "not-azure-ml" : "kind-not-checked"]);
      if (verdict.accepted !== undefined) expect(kind, verdict.path).toBe(verdict.kind);
    }
  });

  test("every valid file of a known kind loads, every invalid one does not", () => {
    for (const verdict of verdicts.filter((item) => isKnownKind(item.kind))) {
      const { document } = load(corpusText(verdict.path), { path: verdict.path, files: corpusFiles });
      expect(document !== undefined, verdict.path).toBe(verdict.accepted);
    }
  });
});
