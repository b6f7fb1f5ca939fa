import type { RunsPanelEvent, RunsPanelState } from "#contract/panels/runs.ts";
import type { RunTableRow } from "#contract/routes/runTable.ts";
import { kept, nothing, type Selection } from "./selection.ts";

export interface Fault {
  message: string;
  at: number;
  end: number;
}

export interface PageState {
  shown: RunsPanelState | undefined;
  ids: readonly number[];
  total: number;
  /** The search that `ids` answer; 0 before the first. */
  search: number;
  fault: Fault | undefined;
  rows: ReadonlyMap<number, RunTableRow>;
  /** The set of columns that `rows` hold. */
  generation: number;
  /** Grows when rows that are here may be old. */
  staleness: number;
  old: ReadonlySet<number>;
  values: { column: string; prefix: string; values: readonly string[] };
  notice: { message: string; undo: boolean } | undefined;
  contact: { message: string; start: boolean } | undefined;
  selection: Selection;
}

export const emptyState: PageState = {
  ...{ shown: undefined, ids: [], total: 0, search: 0, fault: undefined, rows: new Map(), generation: 0 },
  ...{ staleness: 0, old: new Set<number>(), values: { column: "", prefix: "", values: [] } },
  ...{ notice: undefined, contact: undefined, selection: nothing },
};

export type Action =
  | RunsPanelEvent
  | { type: "columns"; generation: number }
  | { type: "select"; selection: Selection }
  | { type: "dismiss" };

/** Rows that are kept; those that have not been in sight for long are let go. */
const mostRows = 20_000;

export function reduce(state: PageState, event: Action): PageState {
  switch (event.type) {
    case "snapshot": {
      const { workspace, known, views } = event;
      return { ...state, shown: { workspace, known, views }, contact: undefined };
    }
    case "found": {
      const { ids, total, search } = event;
      const selection = kept(state.selection, ids);
      return { ...state, ids, total, search, selection, fault: undefined, contact: undefined };
    }
    case "fault":
      return { ...state, search: event.search, fault: { message: event.message, at: event.at, end: event.end } };
    case "rows":
      return event.generation === state.generation ? withRows(state, event.rows) : state;
    case "stale":
      return withOld(state, event.names);
    case "values":
      return { ...state, values: event };
    case "views":
      return state.shown ? { ...state, shown: { ...state.shown, views: event.views } } : state;
    case "notice":
      return { ...state, notice: event };
    case "contact":
      return { ...state, contact: event };
    case "columns":
      return { ...state, generation: event.generation, rows: new Map(), old: new Set() };
    case "select":
      return { ...state, selection: event.selection };
    case "dismiss":
      return { ...state, notice: undefined };
  }
}

function withRows(state: PageState, read: readonly RunTableRow[]): PageState {
  const rows = new Map(state.rows);
  const old = new Set(state.old);
  for (const row of read) {
    rows.delete(row.id);
    rows.set(row.id, row);
    old.delete(row.id);
  }
  for (const id of rows.keys()) {
    if (rows.size <= mostRows) break;
    rows.delete(id);
  }
  return { ...state, rows, old };
}

function withOld(state: PageState, names: readonly string[] | null): PageState {
  const changed = names && new Set(names);
  const old = new Set(state.old);
  for (const [id, row] of state.rows) if (changed === null || changed.has(row.name)) old.add(id);
  return { ...state, old, staleness: state.staleness + 1 };
}
