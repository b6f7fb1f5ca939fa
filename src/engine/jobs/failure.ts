import { CodedError, messageOf } from "#base/errors.ts";
import type { JobError } from "#contract/entities/job.ts";
import type { ExitRecord } from "../compute/runner.ts";
import { findTraceback, type Traceback } from "./traceback.ts";

type FailureClass = JobError["class"];
type Fix = JobError["fix"];

const TAIL_LINES = 20;
const LINE_CHARACTERS = 2000;
/** Less free space than this is none: what a program writes next does not fit. */
const FULL_DISK_BYTES = 1024 * 1024;

/** Why a job failed, from how it ended and the last part of its log. `codeFolder` is where its code lay on the target. */
export function explainExit(record: ExitRecord, log: Buffer, codeFolder: string): JobError {
  const lines = lastLines(log);
  const traceback = findTraceback(lines, codeFolder);
  const { cause, message } = causeOf(record, lines, traceback);
  return {
    code: codes[cause],
    class: cause,
    message,
    location: traceback?.location ?? null,
    tail: lines.slice(-TAIL_LINES).map((line) => line.slice(0, LINE_CHARACTERS)),
    fix: fixFor(cause, traceback, message),
  };
}

/** Why a job failed that the engine itself could not start or finish. */
export function explainFault(failure: Error): JobError {
  const code = failure instanceof CodedError ? failure.code : "internal";
  const cause = faultClasses[code] ?? "exit";
  const next = failure instanceof CodedError && failure.next !== "" ? ` ${failure.next}` : "";
  const words = failure instanceof CodedError ? failure.details["words"] : undefined;
  return {
    code: codes[cause],
    class: cause,
    message: messageOf(failure) + next,
    location: null,
    tail: typeof words === "string" ? words.split("\n").slice(-TAIL_LINES) : [],
    fix: fixFor(cause, undefined, messageOf(failure)),
  };
}

/** Azure's `error.code` is a word in capitals and small letters. */
const codes: Readonly<Record<FailureClass, string>> = {
  import: "ImportError",
  memory: "OutOfMemory",
  path: "PathNotFound",
  environment: "EnvironmentFailed",
  disk: "DiskFull",
  timeout: "JobTimedOut",
  exit: "UserError",
  launcher_lost: "LauncherLost",
  host_restarted: "HostRestarted",
};

const faultClasses: Readonly<Record<string, FailureClass>> = {
  "environment-failed": "environment",
  "environment-refused": "environment",
  "tool-not-found": "environment",
  "disk-full": "disk",
  "store-read-only": "disk",
  "input-unavailable": "path",
  "file-not-found": "path",
  "path-outside": "path",
};

function causeOf(
  record: ExitRecord,
  lines: readonly string[],
  traceback: Traceback | undefined,
): { cause: FailureClass; message: string } {
  switch (record.reason) {
    case "timeout":
      return { cause: "timeout", message: `The job ran longer than limits.timeout allows${afterSeconds(record)}.` };
    case "launcher_lost":
      return lost(record);
    case "start_failed":
      return notStarted(record);
    default:
      return causeOfEnd(record, lines, traceback);
  }
}

function notStarted(record: ExitRecord): { cause: FailureClass; message: string } {
  const words = wordsOf(record) || "no words";
  if (record.evidence["type"] === "ContainerError") {
    return { cause: "environment", message: `The container could not be made: ${words}` };
  }
  return { cause: "path", message: `The command could not be started: ${words}` };
}

function lost(record: ExitRecord): { cause: FailureClass; message: string } {
  if (record.evidence["boot_id_changed"] === true) {
    return { cause: "host_restarted", message: "The machine restarted while the job ran." };
  }
  const words = wordsOf(record);
  return { cause: "launcher_lost", message: `How the command ended is not known: ${words || "the launcher is gone"}.` };
}

function causeOfEnd(
  record: ExitRecord,
  lines: readonly string[],
  traceback: Traceback | undefined,
): { cause: FailureClass; message: string } {
  const how = record.signal === null ? `exit code ${String(record.code)}` : `signal ${record.signal}`;
  const oom = record.evidence["oom"];
  if (oom !== undefined && oom !== null && oom !== false) {
    return { cause: "memory", message: `The system ended the command for lack of memory (${how}).` };
  }
  // An exception that ended the program is a better witness than words further up.
  const witness = traceback?.message ?? lines.slice(-TAIL_LINES).join("\n");
  for (const { cause, pattern } of signs) {
    if (pattern.test(witness)) return { cause, message: traceback?.message ?? lineWith(lines, pattern) ?? how };
  }
  // On a full disk the program's last words could not be written either.
  const free = record.evidence["disk_free_bytes"];
  if (typeof free === "number" && free < FULL_DISK_BYTES && traceback === undefined) {
    return { cause: "disk", message: `The disk of the job's working folder was full when the command ended (${how}).` };
  }
  return { cause: "exit", message: traceback?.message ?? `The command ended with ${how}.` };
}

/** What the words of a failure say about its kind; the first that fits. */
const signs: readonly { cause: FailureClass; pattern: RegExp }[] = [
  { cause: "import", pattern: /\b(ModuleNotFoundError|ImportError|DLL load failed)\b|No module named /u },
  { cause: "disk", pattern: /No space left on device|ENOSPC|Disk quota exceeded/u },
  { cause: "memory", pattern: /\bMemoryError\b|out of memory|OutOfMemoryError|Cannot allocate memory/iu },
  {
    cause: "path",
    pattern: /\b(FileNotFoundError|NotADirectoryError|IsADirectoryError)\b|No such file or directory|can't open file/u,
  },
  { cause: "environment", pattern: /: command not found|: not found$|GLIBC(XX)?_[\d.]+' not found/mu },
];

function fixFor(cause: FailureClass, traceback: Traceback | undefined, message: string): Fix {
  const missing = /No module named '?([\w.]+)'?/u.exec(message)?.[1]?.split(".")[0];
  const fix = (title: string, action: NonNullable<Fix>["action"], argument: string | null = null): Fix => ({
    title,
    action,
    argument,
  });
  switch (cause) {
    case "import":
      return missing === undefined
        ? fix("Open the environment's lock", "open-lock")
        : fix(`Add ${missing} to the environment`, "add-package", missing);
    case "environment":
      return fix("Open the build log", "open-build-log");
    case "timeout":
      return fix("Open the job file at limits.timeout", "open-job-file", "limits.timeout");
    case "disk":
      return fix("Free disk space", "free-space");
    case "launcher_lost":
    case "host_restarted":
      return fix("Run again", "run-again");
    default:
      return traceback?.location
        ? fix(`Open ${traceback.location.file}:${traceback.location.line}`, "open-location")
        : fix("Open the log", "open-log");
  }
}

/** The last whole lines of a log as text; a progress bar's overwritten states are left out. */
function lastLines(log: Buffer): string[] {
  const lines = log.toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.replace(/\r$/u, "").split("\r").at(-1) ?? "");
}

function lineWith(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.findLast((line) => pattern.test(line))?.slice(0, LINE_CHARACTERS);
}

function wordsOf(record: ExitRecord): string {
  const words = record.evidence["words"] ?? record.evidence["error"];
  return typeof words === "string" ? words : "";
}

function afterSeconds(record: ExitRecord): string {
  return record.duration_ms === null ? "" : ` (it was stopped after ${Math.round(record.duration_ms / 1000)} s)`;
}
