import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { check, type Evidence, type FinalJob } from "./harness/checker.ts";
import { History, readHistory, type Seen } from "./harness/history.ts";
import { logOf, outputByte, type Program } from "./harness/program.ts";
import type { Truth } from "./harness/truth.ts";

const program: Program = {
  name: "a",
  lines: 10,
  pause: 0,
  metricEvery: 2,
  uploadEvery: 0,
  output: 4,
  code: 0,
  escapes: false,
};
const output = createHash("sha256")
  .update(Buffer.from([0, 1, 2, 3].map(outputByte)))
  .digest("hex");

const seen: Seen[] = [
  { what: "start", ms: 500 },
  { what: "submit", job: "a", outcome: "accepted" },
  { what: "call", call: "submit", ms: 20, outcome: "answered" },
  { what: "status", job: "a", status: "Running" },
  { what: "log", job: "a", offset: 0, bytes: Buffer.from(logOf(program).slice(0, 20)).toString("base64") },
  { what: "memory", process: "the engine", bytes: 90e6 },
  { what: "status", job: "a", status: "Completed" },
];
const truth: Truth = {
  program,
  starts: ["a.1.x"],
  lines: 10,
  metrics: [0, 2, 4, 6, 8],
  uploads: [],
  output,
  end: 0,
  left: [],
};
const final: FinalJob = {
  status: "Completed",
  errorClass: null,
  attempt: 1,
  changes: [
    { from: null, to: "Queued" },
    { from: "Queued", to: "Preparing" },
    { from: "Preparing", to: "Starting" },
    { from: "Starting", to: "Running" },
    { from: "Running", to: "Finalizing" },
    { from: "Finalizing", to: "Completed" },
  ],
  log: Buffer.from(logOf(program)),
  run: "FINISHED",
  metrics: [0, 2, 4, 6, 8].map((step) => ({ step, value: step * 0.5 })),
  files: [{ path: "out.bin", listed: output, read: output }],
};

interface Planted {
  seen?: Seen[];
  truth?: Partial<Truth>;
  final?: Partial<FinalJob> | null;
  integrity?: string;
  /** The submit was refused. */
  unsubmitted?: boolean;
}

function evidence(planted: Planted = {}): Evidence {
  const finals = planted.final === null ? [] : [["a", { ...final, ...planted.final }] as const];
  return {
    seen: [
      ...seen.map((each) =>
        each.what === "submit" && planted.unsubmitted ? { ...each, outcome: "refused" as const } : each,
      ),
      ...(planted.seen ?? []),
    ],
    truths: new Map([["a", { ...truth, ...planted.truth }]]),
    finals: new Map(finals),
    integrity: planted.integrity ?? "ok",
    limits: { memoryBytes: 400e6, startMs: 30_000 },
  };
}

const bytes = (text: string) => Buffer.from(text).toString("base64");
const planted: [string, string, Planted][] = [
  ["I1", "an accepted job that is gone", { final: null, truth: { starts: [] } }],
  ["I1", "a refused job that is there", { seen: [], unsubmitted: true }],
  ["I1", "a damaged database", { integrity: "row 3 missing from index" }],
  ["I2", "an attempt that was started twice", { truth: { starts: ["a.1.x", "a.1.x"] }, final: { attempt: 2 } }],
  ["I2", "more starts than attempts", { truth: { starts: ["a.1.x", "a.2.y"] } }],
  ["I2", "a start that nobody knows of", { final: null, seen: [], truth: {} }],
  ["I3", "a step back", { seen: [{ what: "status", job: "a", status: "Running" }] }],
  ["I3", "a run that says something else than its job", { final: { run: "RUNNING" } }],
  ["I3", "an end that changed", { final: { status: "Failed", errorClass: "exit" } }],
  [
    "I3",
    "a change that the graph does not have",
    {
      final: {
        changes: [
          { from: null, to: "Queued" },
          { from: "Queued", to: "Completed" },
        ],
      },
    },
  ],
  [
    "I3",
    "a change that came twice",
    { final: { changes: [...final.changes, { from: "Finalizing", to: "Completed" }] } },
  ],
  ["I4", "Completed without an end", { truth: { end: null } }],
  ["I4", "Completed in spite of code 3", { truth: { end: 3 } }],
  ["I4", "Canceled by nobody", { final: { status: "Canceled", changes: [] } }],
  ["I4", "Failed because contact was lost", { final: { status: "Failed", errorClass: "launcher_lost", changes: [] } }],
  ["I5", "a gap in the log", { final: { log: Buffer.from(logOf(program).replace(/^3 .*\n/mu, "")) } }],
  ["I5", "a line twice", { final: { log: Buffer.from(logOf(program).replace(/^(3 .*\n)/mu, "$1$1")) } }],
  ["I5", "a lost end", { final: { log: Buffer.from(logOf(program).slice(0, -1)) } }],
  [
    "I5",
    "a reader who got a byte twice",
    { seen: [{ what: "log", job: "a", offset: 1, bytes: bytes(logOf(program).slice(0, 5)) }] },
  ],
  [
    "I6",
    "a file that is not what its hash says",
    { final: { files: [{ path: "out.bin", listed: output, read: "other" }] } },
  ],
  ["I6", "an output that is not there", { final: { files: [] } }],
  ["I6", "an upload that is lost", { truth: { uploads: [{ path: "up/0.bin", sha256: output }] } }],
  ["I7", "a lost metric", { final: { metrics: final.metrics.slice(1) } }],
  ["I7", "a metric twice", { final: { metrics: [...final.metrics, { step: 2, value: 1 }] } }],
  ["I7", "a metric of another value", { final: { metrics: final.metrics.map((metric) => ({ ...metric, value: 7 })) } }],
  ["I8", "a process that is left", { truth: { left: [4711] } }],
  ["I9", "memory that grew", { seen: [{ what: "memory", process: "the engine", bytes: 900e6 }] }],
  ["I10", "a call that hung", { seen: [{ what: "call", call: "list", ms: 30_000, outcome: "hung" }] }],
  ["I10", "a job that never ends", { final: { status: "Running", changes: final.changes.slice(0, 4) } }],
  ["I11", "a start that took minutes", { seen: [{ what: "start", ms: 120_000 }] }],
];

describe("the checker of the faults", () => {
  it("finds nothing in a good history", () => {
    expect(check(evidence())).toEqual([]);
  });

  it.each(planted)("%s fails for %s", (invariant, _what, change) => {
    expect(check(evidence(change)).map((violation) => violation.invariant)).toContain(invariant);
  });

  it("has a planted violation of every invariant that it checks", () => {
    const invariants = new Set(planted.map(([invariant]) => invariant));
    expect([...invariants]).toEqual(["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10", "I11"]);
  });

  it("bears with what a fault excuses", () => {
    const lost: Planted = {
      seen: [],
      truth: { end: null, lines: 3, output: null, metrics: [0, 2] },
      final: {
        status: "Failed",
        run: "FAILED",
        errorClass: "launcher_lost",
        log: Buffer.from(logOf(program)),
        changes: [],
      },
    };
    const without = { ...evidence(lost), seen: [{ what: "fault", fault: "keeper killed", job: "a" }] as Seen[] };
    expect(check(without).map(({ invariant }) => invariant)).toEqual(["I3"]);
  });

  it("reads a history that was kept", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-history-"));
    const history = new History(join(folder, "h.jsonl"));
    for (const each of seen) history.add(each);
    expect(readHistory(history.file)).toEqual(seen);
    rmSync(folder, { recursive: true });
  });
});
