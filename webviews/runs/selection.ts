/** Runs that are selected, and where a stretch with Shift begins. */
export interface Selection {
  ids: ReadonlySet<number>;
  anchor: number;
}

export const nothing: Selection = { ids: new Set(), anchor: 0 };

export function toggled({ ids }: Selection, id: number, row: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: row };
}

/** Adds all from the anchor to `row`. */
export function stretched({ ids, anchor }: Selection, order: readonly number[], row: number): Selection {
  const next = new Set(ids);
  for (let at = Math.min(anchor, row); at <= Math.max(anchor, row); at++) {
    const id = order[at];
    if (id !== undefined) next.add(id);
  }
  return { ids: next, anchor };
}

/** Those that are still there. */
export function kept(selection: Selection, order: readonly number[]): Selection {
  if (selection.ids.size === 0) return selection;
  const there = new Set(order);
  const ids = new Set([...selection.ids].filter((id) => there.has(id)));
  return ids.size === selection.ids.size
    ? selection
    : { ids, anchor: Math.min(selection.anchor, Math.max(0, order.length - 1)) };
}
