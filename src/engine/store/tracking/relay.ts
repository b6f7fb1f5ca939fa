import { CodedError } from "#base/errors.ts";
import { toMlflowError } from "../../core/mlflow/fault.ts";
import { parseBody, parseQuery } from "../../core/mlflow/fields.ts";
import type { Db } from "../database.ts";
import { putNamedArtifact, type ArtifactRow } from "./artifactRows.ts";
import { workspaceId, type WriteContext } from "./context.ts";
import { findRun } from "./runs.ts";
import { writeOperations, type WriteOperationName } from "./write/operations.ts";

/** A call of a job's journal, with its route looked up. `artifact` is a file whose blob is durable already. */
export interface JournalCall {
  seq: number;
  operation: WriteOperationName | null;
  artifact: ArtifactRow | null;
  path: Record<string, string>;
  query: string;
  body: string;
  minted: { run_id?: string; model_id?: string };
  /** Why the call cannot be carried out at all, when its route is unknown or its path unsafe. */
  refused: { status: number; body: { error_code: string; message: string } } | null;
}

export interface Journal {
  workspace: string;
  job: string;
  attempt: number;
  actor: string;
  now: number;
  calls: JournalCall[];
}

export interface Applied {
  seq: number;
  status: number;
  text: string;
  run: string | null;
  statusChanged: boolean;
}

function lastApplied(db: Db, workspace: number, job: string, attempt: number): number {
  const row = db.get<{ seq: number }>(
    "SELECT seq FROM relay_progress WHERE workspace_id = ? AND job = ? AND attempt = ?",
    workspace,
    job,
    attempt,
  );
  return row?.seq ?? 0;
}

/**
 * Carries out the calls of a journal that have not been yet, and remembers the last of them, all in one transaction: a
 * call takes effect exactly once, however often it is handed in. A refused call leaves a warning on the job's run.
 */
export function applyJournal(db: Db, journal: Journal): Applied[] {
  const workspace = workspaceId(db, journal.workspace);
  let last = lastApplied(db, workspace, journal.job, journal.attempt);
  const answers: Applied[] = [];
  for (const call of journal.calls) {
    if (call.seq <= last) {
      answers.push({ seq: call.seq, status: 200, text: "{}", run: null, statusChanged: false });
      continue;
    }
    answers.push(applyCall(db, workspace, journal, call));
    last = call.seq;
  }
  db.run(
    `INSERT INTO relay_progress (workspace_id, job, attempt, seq) VALUES (?, ?, ?, ?)
     ON CONFLICT (workspace_id, job, attempt) DO UPDATE SET seq = excluded.seq`,
    workspace,
    journal.job,
    journal.attempt,
    last,
  );
  return answers;
}

function applyCall(db: Db, workspace: number, journal: Journal, call: JournalCall): Applied {
  const touched: WriteContext["touched"] = { run: null, status: false };
  db.raw.exec("SAVEPOINT relay");
  let refused = call.refused;
  let text = "{}";
  try {
    if (!refused) text = JSON.stringify(carryOut(db, workspace, journal, call, touched));
  } catch (thrown) {
    refused = refusalOf(thrown);
    db.raw.exec("ROLLBACK TO relay");
  }
  if (refused) warn(db, workspace, journal, call, refused.body.message);
  db.raw.exec("RELEASE relay");
  return {
    seq: call.seq,
    status: refused?.status ?? 200,
    text: refused ? JSON.stringify(refused.body) : text,
    run: touched.run,
    statusChanged: touched.status,
  };
}

function carryOut(
  db: Db,
  workspace: number,
  journal: Journal,
  call: JournalCall,
  touched: WriteContext["touched"],
): unknown {
  if (call.artifact) {
    putNamedArtifact(db, workspace, call.artifact, journal.now);
    return {};
  }
  const fields = call.body === "" ? parseQuery(call.query) : parseBody(call.body);
  return writeOperations[call.operation as WriteOperationName]({
    db,
    workspaceId: workspace,
    fields,
    path: call.path,
    actor: journal.actor,
    now: journal.now,
    job: journal.job,
    minted: call.minted,
    touched,
  });
}

/** A fault of the store itself ends everything, so that the calls come again. */
function refusalOf(thrown: unknown): NonNullable<JournalCall["refused"]> {
  if (!(thrown instanceof CodedError)) throw thrown;
  return toMlflowError(thrown);
}

function warn(db: Db, workspace: number, journal: Journal, call: JournalCall, reason: string): void {
  const run = findRun(db, workspace, journal.job);
  if (!run) return;
  const what = call.artifact ? `the file ${call.artifact.path}` : (call.operation ?? "a call");
  db.run(
    "INSERT INTO run_warnings (run_id, at, text) VALUES (?, ?, ?)",
    run.id,
    journal.now,
    `Tracking refused ${what} (call ${call.seq}): ${reason.slice(0, 1000)}`,
  );
}
