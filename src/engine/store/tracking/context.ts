import { mlflowFault } from "../../core/mlflow/fault.ts";
import type { Fields } from "../../core/mlflow/fields.ts";
import type { Db } from "../database.ts";

/** What an operation of the tracking API works with. Lives in a store thread. */
export interface ReadContext {
  db: Db;
  workspaceId: number;
  /** Body of a POST, PATCH or DELETE, or the query of a GET. */
  fields: Fields;
  /** Parameters of the path. */
  path: Readonly<Record<string, string>>;
}

export interface WriteContext extends ReadContext {
  actor: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** The job whose program asked; null for a client outside of jobs. */
  job: string | null;
  /** Ids that a relay has answered with before the engine heard of the call. */
  minted: { run_id?: string; model_id?: string };
  /** The run that this operation changed, for the events. */
  touched: { run: string | null; status: boolean };
}

/** JSON that an operation has written itself, piece by piece, where a tree of objects would take a lot of memory. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The JSON of an operation's answer. */
export function toJson(answer: unknown): string {
  return answer instanceof JsonText ? answer.text : JSON.stringify(answer);
}

export type ReadOperation = (context: ReadContext) => unknown;
export type WriteOperation = (context: WriteContext) => unknown;

export function workspaceId(db: Db, workspace: string): number {
  return db.remember(`workspace ${workspace}`, () => {
    const row = db.get<{ id: number }>("SELECT id FROM workspaces WHERE name = ?", workspace);
    if (!row) throw mlflowFault("RESOURCE_DOES_NOT_EXIST", `Workspace '${workspace}' does not exist.`);
    return row.id;
  });
}
