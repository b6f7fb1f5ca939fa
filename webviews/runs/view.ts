import type { RunQuery, RunView } from "#contract/routes/runTable.ts";

/** What the table shows and how: what a saved view holds, and what is only this page's. */
export interface View {
  query: RunQuery;
  /** Empty until somebody has chosen: then the commonest are shown. */
  columns: readonly string[];
  pinned: number;
  /** Groups that are closed. */
  closed: readonly string[];
  widths: Readonly<Record<string, number>>;
  /** The saved view that this began as. */
  name: string;
}

const plain: View = {
  ...{ columns: [], pinned: 1, closed: [], widths: {}, name: "" },
  query: { filter: "", order: [], experiments: [], stage: "active" },
};

/** The view of a page that is opened or restored. A page that was opened for an experiment shows that. */
export function firstView(remembered: Readonly<Record<string, unknown>>): View {
  const view = { ...plain, ...(remembered["view"] as Partial<View> | undefined) };
  const experiments = remembered["experiments"] as string[] | undefined;
  return experiments && !remembered["view"] ? { ...view, query: { ...view.query, experiments } } : view;
}

export function fromSaved(view: View, { name, query, columns, pinned }: RunView): View {
  return { ...view, name, query, columns, pinned };
}

/** Whether a page shows just what was saved. */
export function isSaved(view: View, saved: RunView | undefined): boolean {
  if (!saved) return false;
  const own = { query: view.query, columns: view.columns, pinned: view.pinned };
  return JSON.stringify(own) === JSON.stringify({ query: saved.query, columns: saved.columns, pinned: saved.pinned });
}

/** The order after a press on a heading: up, down, none. With `add` it comes after those that are there. */
export function sortedBy(order: RunQuery["order"], column: string, add: boolean): RunQuery["order"] {
  const now = order.find((term) => term.column === column);
  const others = add ? order.filter((term) => term.column !== column) : [];
  if (now && !now.ascending) return others;
  const next = { column, ascending: !now };
  return add && now ? order.map((term) => (term.column === column ? next : term)) : [...others, next];
}
