import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

interface Compared {
  baseline: string;
  runs: { name: string; label: string }[];
  facts: { group: string; key: string; differs: boolean; values: Record<string, string | null> }[];
  code: { state: string; files: { path: string; change: string }[] };
  packages: { state: string };
  missing: string[];
}

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (notBuilt) return;
  for (const [name, text] of [
    ["first", "print(1)\n"],
    ["second", "print(2)\n"],
  ] as const) {
    const file = home.write(`${name}.py`, text);
    await home.run(["job", "create", "-f", file, "--python", "python3", "--name", name, "--stream"]);
  }
}, 120_000);
afterAll(() => home.remove());

describe.skipIf(notBuilt)(`job compare${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("prints what differs, with the files of two jobs, as JSON", async () => {
    const found = await home.json<Compared>(["job", "compare", "first", "second"]);
    expect(found.baseline).toBe("first");
    expect(found.runs.map(({ name, label }) => [name, label])).toEqual([
      ["first", "baseline"],
      ["second", expect.stringContaining("code")],
    ]);
    expect(found.facts.every(({ differs }) => differs)).toBe(true);
    expect(found.code.state).toBe("changed");
    const all = await home.json<Compared>(["job", "compare", "first", "second", "--all"]);
    expect(all.facts.length).toBeGreaterThan(found.facts.length);
    expect(all.facts.find(({ key }) => key === "compute")?.values).toEqual({ first: "local", second: "local" });
  });

  it("prints a table with a column for each job, and takes another baseline", async () => {
    const { stdout, code } = await home.run([
      "job",
      "compare",
      "first",
      "second",
      "--baseline",
      "second",
      "-o",
      "table",
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Group\s+Key\s+first\s+second$/mu);
    expect(stdout).toMatch(/label\s+.*baseline$/mu);
  });

  it("names a job that is not there and compares the others; none at all is an error", async () => {
    const some = await home.run(["job", "compare", "first", "gone", "-o", "json"]);
    expect(some).toMatchObject({ code: 0, stderr: expect.stringContaining("There is no job gone") });
    const none = await home.run(["job", "compare", "gone", "away"]);
    expect(none.code).toBe(3);
    expect(none.stderr).toContain("There is no job gone, away");
  });
});
