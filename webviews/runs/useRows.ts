import { useEffect, useRef } from "react";
import type { PageState } from "./state.ts";
import type { RunsHost } from "./runsHost.ts";
import type { Sight } from "./useSight.ts";

/** Rows are asked for in stretches of this many, and one stretch ahead in both directions. */
const stretch = 100;
/** Questions that may be open at once: a quick scroll passes over what it does not stop at. */
const mostOpen = 2;

/** Asks for the rows in sight that are not here or are old. */
export function useRows(options: { state: PageState; columns: readonly string[]; sight: Sight; host: RunsHost }): void {
  const { state, columns, sight, host } = options;
  const { ids, rows, old, generation, staleness, contact } = state;
  const asked = useRef({ key: "", open: new Map<number, number>(), questions: 0 });
  const from = Math.max(0, Math.floor((sight.first - stretch / 2) / stretch) * stretch);
  const to = Math.ceil((sight.end + stretch / 2) / stretch) * stretch;
  useEffect(() => {
    const key = `${generation} ${staleness} ${contact ? "lost" : ""}`;
    if (asked.current.key !== key) asked.current = { key, open: new Map(), questions: 0 };
    const { open } = asked.current;
    for (const id of open.keys()) if (rows.has(id) && !old.has(id)) open.delete(id);
    if (generation === 0 || new Set(open.values()).size >= mostOpen) return;
    const wanted = ids.slice(from, to).filter((id) => (!rows.has(id) || old.has(id)) && !open.has(id));
    if (wanted.length === 0) return;
    const question = ++asked.current.questions;
    for (const id of wanted) open.set(id, question);
    host.send({ type: "rows", generation, ids: wanted, columns: [...columns] });
  }, [ids, rows, old, generation, staleness, contact, from, to, columns, host]);
}
