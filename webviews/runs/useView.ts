import { useCallback, useEffect, useMemo, useState } from "react";
import type { RunQuery } from "#contract/routes/runTable.ts";
import { defaultColumns, moved } from "./columns.ts";
import { layOut, type Slot } from "./layout.ts";
import type { RunsHost } from "./runsHost.ts";
import type { PageState } from "./state.ts";
import { firstView, type View } from "./view.ts";

/** What the page shows and how, kept over a reload of the window, and the ways to change it. */
export function useView(host: RunsHost, state: PageState) {
  const [view, setView] = useState<View>(() => firstView(host.remembered()));
  useEffect(() => host.remember({ view }), [host, view]);
  const known = state.shown?.known;
  const columns = useMemo(
    () => (view.columns.length > 0 || !known ? view.columns : defaultColumns(known)),
    [view.columns, known],
  );
  const closed = useMemo(() => new Set(view.closed), [view.closed]);
  const layout = useMemo(
    () => layOut({ columns, pinned: view.pinned, closed, widths: view.widths }),
    [columns, view.pinned, closed, view.widths],
  );
  const setQuery = useCallback(
    (part: Partial<RunQuery>) => setView((before) => ({ ...before, query: { ...before.query, ...part } })),
    [],
  );
  const setColumns = useCallback(
    (next: readonly string[], pinned?: number) =>
      setView((before) => ({ ...before, columns: next, pinned: pinned ?? before.pinned })),
    [],
  );
  const toggleGroup = useCallback(
    (group: string) =>
      setView((before) => ({
        ...before,
        closed: before.closed.includes(group)
          ? before.closed.filter((other) => other !== group)
          : [...before.closed, group],
      })),
    [],
  );
  const resize = useCallback(
    (column: string, width: number) =>
      setView((before) => ({ ...before, widths: { ...before.widths, [column]: Math.round(width) } })),
    [],
  );
  /** Pins a column behind those that are pinned, or lets it go. */
  const pin = (id: string, on: boolean): void => {
    const pinned = on ? Math.min(20, view.pinned + 1) : view.pinned - 1;
    setColumns(moved(columns, id, on ? view.pinned : view.pinned - 1), Math.max(0, pinned));
  };
  /** Moves a column over its neighbour in sight. A closed group moves as one. */
  const move = (slot: Slot, by: number): void => {
    const place = layout.slots.indexOf(slot);
    const neighbour = layout.slots[place + by];
    if (!neighbour || neighbour.pinned !== slot.pinned) return;
    const ids = slot.closed.length > 0 ? slot.closed.map(({ id }) => id) : [slot.column.id];
    const rest = columns.filter((id) => !ids.includes(id));
    const edge = by < 0 ? (neighbour.closed[0] ?? neighbour.column) : (neighbour.closed.at(-1) ?? neighbour.column);
    const to = rest.indexOf(edge.id) + (by < 0 ? 0 : 1);
    setColumns([...rest.slice(0, to), ...ids, ...rest.slice(to)]);
  };
  const drop = useCallback(
    (id: string, before: string) => {
      if (id === before || !columns.includes(id)) return;
      const from = columns.indexOf(id);
      const to = columns.indexOf(before);
      setColumns(moved(columns, id, to), from < view.pinned === to < view.pinned ? undefined : view.pinned);
    },
    [columns, view.pinned, setColumns],
  );
  const hide = (id: string): void => {
    const rest = columns.filter((other) => other !== id);
    if (rest.length > 0) setColumns(rest, columns.indexOf(id) < view.pinned ? view.pinned - 1 : view.pinned);
  };
  return { view, setView, columns, layout, setQuery, setColumns, toggleGroup, resize, pin, move, drop, hide };
}
