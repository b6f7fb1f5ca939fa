import { describe, expect, it } from "vitest";
import type { Fact } from "#engine/compare/facts.ts";
import { factsOf } from "#engine/compare/facts.ts";
import { labelsOf } from "#engine/compare/labels.ts";
import { lockChanges } from "#engine/compare/lockChanges.ts";
import { codeChanges } from "#engine/compare/codeChanges.ts";
import { tableOf, toFact } from "#engine/compare/table.ts";

const param = (key: string, shown: string): Fact => ({ group: "parameters", key, shown });
const label = (from: Fact[], to: Fact[]) => labelsOf(tableOf([from, to]), 2, 0)[1];

describe("a label says what was done differently", () => {
  it("names a parameter with both values", () => {
    expect(label([param("lr", "1e-3"), param("depth", "5")], [param("lr", "3e-4"), param("depth", "5")])).toBe(
      "lr 1e-3 → 3e-4",
    );
  });

  it("names what only one of them has", () => {
    expect(label([], [param("dropout", "0.1")])).toBe("dropout 0.1 added");
    expect(label([param("dropout", "0.1")], [])).toBe("dropout removed");
  });

  it("holds three causes and counts the rest; metrics and tags are none", () => {
    const from = ["a", "b", "c", "d", "e"].map((key) => param(key, "1"));
    const to = from.map(({ key }) => param(key, "2"));
    const metric = (shown: string): Fact => ({ group: "metrics", key: "loss", shown });
    expect(label([...from, metric("1")], [...to, metric("2")])).toBe("a 1 → 2, b 1 → 2, c 1 → 2, 2 more");
    expect(label([metric("1")], [metric("2")])).toBe("same as the baseline");
  });

  it("says an input of the command and a parameter of the same name once", () => {
    const run = (value: string): Fact[] => [param("lr", value), { group: "inputs", key: "lr", shown: value }];
    expect(label(run("0.1"), run("0.2"))).toBe("lr 0.1 → 0.2");
  });

  it("refers to the baseline that was chosen", () => {
    const rows = tableOf(["1", "2", "3"].map((value) => [param("lr", value)]));
    expect(labelsOf(rows, 3, 2)).toEqual(["lr 3 → 1", "lr 3 → 2", "baseline"]);
  });

  it("speaks of code, data, environment and hardware in a word", () => {
    const run = (mark: string): Fact[] => [
      { group: "code", key: "snapshot", shown: mark },
      { group: "inputs", key: "train", shown: `./data (${mark})`, identity: mark },
      { group: "environment", key: "packages", shown: mark },
      { group: "hardware", key: "gpus", shown: mark === "a" ? "0" : "1" },
    ];
    expect(label(run("a"), run("b"))).toBe("data train, code, environment, 1 more");
  });
});

describe("the table", () => {
  it("compares data by its content, not by its path", () => {
    const at = (path: string): Fact => ({ group: "inputs", key: "train", shown: path, identity: "sha" });
    expect(tableOf([[at("/a")], [at("/b")]])[0]?.differs).toBe(false);
  });

  it("counts a fact that one run lacks as a difference, and keeps one value for all where none differs", () => {
    const rows = tableOf([[param("lr", "1"), param("seed", "7")], [param("lr", "1")]]).map(toFact);
    expect(rows).toEqual([
      { group: "parameters", key: "lr", differs: false, values: ["1"] },
      { group: "parameters", key: "seed", differs: true, values: ["7", null] },
    ]);
  });

  it("compares a long value as a whole and shows its beginning", () => {
    const long = (end: string) => [param("prompt", `${"x".repeat(5000)}${end}`)];
    const [row] = tableOf([long("a"), long("b")]);
    expect(row?.differs).toBe(true);
    expect(row?.values[0]).toHaveLength(301);
  });
});

it("a secret's value is compared and never shown", () => {
  const run = (value: string) =>
    factsOf({
      ...{ name: "a", display_name: "a", experiment_name: "e", status: "Completed", started_at: 1, ended_at: 2 },
      ...{ params: [], tags: [], metrics: [], datasets: [] },
      job: {
        ...{ command: "python train.py", snapshot: null, git: null, environment: "env", environmentKey: null },
        ...{ environmentVariables: { HF_TOKEN: value }, lock: null, compute: "local", gpus: [] },
        ...{
          demand: { cpus: 1, memoryBytes: 0, gpus: 0 },
          resources: null,
          distribution: null,
          limits: null,
          inputs: {},
        },
      },
    });
  const [row] = tableOf([run("hf_one"), run("hf_two")]).filter(({ key }) => key === "$HF_TOKEN");
  expect(row?.differs).toBe(true);
  expect(JSON.stringify(row)).not.toMatch(/hf_(one|two)/u);
});

it("a lock's changes are by package, whatever the spelling of its name", () => {
  const from = "# made by uv\nnumpy==1.26.4\n    # via pandas\nPy_Yaml==6.0.1\nold==1 ; python_version < '3.9'\n";
  const to = "numpy==2.1.0\npy-yaml==6.0.1\ntool @ https://example.org/tool-1.whl\n";
  expect(lockChanges(from, to)).toEqual([
    { name: "numpy", from: "1.26.4", to: "2.1.0" },
    { name: "old", from: "1", to: null },
    { name: "tool", from: null, to: "https://example.org/tool-1.whl" },
  ]);
});

it("code differs by the content of its files", () => {
  const file = (path: string, sha256: string) => ({ path, sha256, is_dir: false, bytes: 3 });
  const folder = { path: "lib", sha256: null, is_dir: true, bytes: 0 };
  expect(
    codeChanges(
      [folder, file("a.py", "1"), file("b.py", "2"), file("c.py", "3")],
      [file("a.py", "1"), file("b.py", "9"), file("d.py", "4")],
    ),
  ).toEqual([
    { path: "b.py", change: "changed", from_bytes: 3, to_bytes: 3 },
    { path: "c.py", change: "removed", from_bytes: 3, to_bytes: null },
    { path: "d.py", change: "added", from_bytes: null, to_bytes: 3 },
  ]);
});
