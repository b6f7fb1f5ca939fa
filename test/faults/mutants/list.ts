import type { Change } from "./build.ts";

/** One guard of the product taken out, and the test that must notice it. */
export interface Mutant {
  name: string;
  changes: readonly Change[];
  /** A test file of this folder, and a part of the test's name. */
  test: readonly [file: string, name: string];
  /** What the failure must say: the mutant is caught for what it does, not because something else broke. */
  caughtBy: RegExp;
  /** Quick enough for `npm test`. */
  isQuick?: true;
}

/** Every one of them must be caught: `npm run faults` tries all, `npm test` the quick ones. */
export const mutants: readonly Mutant[] = [
  {
    name: "commits are not synced",
    changes: [{ file: "src/engine/store/database.ts", find: '"synchronous = FULL"', put: '"synchronous = OFF"' }],
    test: ["disk", "F4"],
    caughtBy: /I1|I3|I7|Unexpected|no job|not come about/u,
  },
  {
    name: "the relay answers before its journal is on the disk",
    changes: [{ file: "python/slipway/launcher/relay/journal.py", find: "_FLUSH(", put: "(lambda fd: None)(" }],
    test: ["disk", "F4"],
    caughtBy: /I6|I7/u,
  },
  {
    name: "a target starts whatever it is told to, claimed or not",
    changes: [
      {
        file: "python/slipway/launcher/run.py",
        find: "won = records.write_once(",
        put: "won = True or records.write_once(",
      },
    ],
    test: ["machine", "F32 a newer engine"],
    caughtBy: /I2/u,
  },
  {
    name: "bytes of a log that came before are written again",
    changes: [
      { file: "src/engine/scheduler/follow.ts", find: "log[rank] = size;", put: "log[rank] = 0;" },
      { file: "src/engine/logs/logFile.ts", find: "bytes.subarray(this.#bytes - offset)", put: "bytes" },
    ],
    test: ["machine", "F32 a newer engine"],
    caughtBy: /I5/u,
  },
  {
    name: "the run of a job does not follow its status",
    changes: [{ file: "src/engine/store/commands/jobChanges.ts", find: "  changeRun(db, args);\n", put: "" }],
    test: ["machine", "F29 a port"],
    caughtBy: /I3.*its run is/su,
    isQuick: true,
  },
  {
    name: "a lost write-ahead log is not noticed",
    changes: [{ file: "src/engine/store/recovery.ts", find: "if (walLost) {", put: "if (walLost && !path) {" }],
    test: ["disk", "F9 a database without its write-ahead log"],
    caughtBy: /The write-ahead log was removed/u,
    isQuick: true,
  },
  {
    name: "nobody asks the targets what they hold",
    changes: [{ file: "src/engine/engine.ts", find: '=== "yes") {', put: '=== "never") {' }],
    test: ["disk", "F9 a database gone"],
    caughtBy: /I1.*gone/su,
  },
  {
    name: "a disk that does not sync is nobody's business",
    changes: [
      {
        file: "src/engine/store/storeFault.ts",
        find: "(SQLITE_IOERR|SQLITE_READONLY",
        put: "(SQLITE_IOERR_NEVER|SQLITE_READONLY",
      },
    ],
    test: ["disk", "F3"],
    caughtBy: /refused|read-only|unknown/u,
  },
  {
    name: "who does not hear SIGTERM is left alone",
    changes: [
      {
        file: "python/slipway/launcher/cancel.py",
        find: "processes.send(process, signal.SIGKILL)",
        put: "processes.send(process, signal.SIGCONT)",
      },
    ],
    test: ["kills", "F25"],
    caughtBy: /I8|I10/u,
  },
  {
    name: "changes carry whatever time the clock shows",
    changes: [
      {
        file: "src/engine/store/commands/jobChanges.ts",
        find: "Math.max(wanted.at, lastChange(db, wanted.runId))",
        put: "wanted.at",
      },
    ],
    test: ["machine", "F22"],
    caughtBy: /order/u,
  },
  {
    name: "a job may have all processes of the machine",
    changes: [{ file: "python/slipway/launcher/bound.py", find: "min(limits) // _SHARE", put: "min(limits)" }],
    test: ["machine", "F24"],
    caughtBy: /not come about|I10|unknown/u,
  },
  {
    name: "a program that cannot be started ends the engine",
    changes: [
      {
        file: "src/engine/main.ts",
        find: "if (!isShortage(errnoOf(thrown), thrown.message)) process.exit(1);",
        put: "process.exit(1);",
      },
    ],
    test: ["machine", "F29 few open files"],
    caughtBy: /false to be true/u,
  },
  {
    name: "what memory ended is taken for a failure of its own",
    changes: [
      {
        file: "src/engine/jobs/failure.ts",
        find: "if (oom !== undefined && oom !== null && oom !== false) {",
        put: "if (oom === 0) {",
      },
    ],
    test: ["machine", "F23"],
    caughtBy: /I4/u,
  },
];
