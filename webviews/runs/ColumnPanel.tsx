import { useId, useMemo, useState } from "react";
import type { RunTableColumns } from "#contract/routes/runTable.ts";
import { Button } from "../shared/ui/Button.tsx";
import { l10n } from "../shared/l10n.ts";
import { attributeColumns, moved, toColumn } from "./columns.ts";

/** Keys of one group that are listed before more is typed. */
const mostListed = 200;

/** Chooses columns: those that are shown, in order, and all others by group. */
export function ColumnPanel(props: {
  known: RunTableColumns;
  columns: readonly string[];
  pinned: number;
  onColumns: (columns: readonly string[], pinned?: number) => void;
  onClose: () => void;
}) {
  const { known, columns, pinned, onColumns } = props;
  const [text, setText] = useState("");
  const search = useId();
  const title = useId();
  const wanted = text.trim().toLowerCase();
  const groups = useMemo(() => {
    const found = new Map<string, string[]>();
    for (const id of [...attributeColumns, ...known.columns.map(({ kind, key }) => `${kind}.${key}`)]) {
      if (wanted && !id.toLowerCase().includes(wanted)) continue;
      const { groupTitle } = toColumn(id);
      found.set(groupTitle, [...(found.get(groupTitle) ?? []), id]);
    }
    return [...found];
  }, [known, wanted]);
  const shown = new Set(columns);
  const setSome = (ids: readonly string[], on: boolean): void => {
    if (on) return onColumns([...columns, ...ids.filter((id) => !shown.has(id))]);
    const gone = new Set(ids);
    onColumns(
      columns.filter((id) => !gone.has(id)),
      columns.slice(0, pinned).filter((id) => !gone.has(id)).length,
    );
  };
  const move = (id: string, to: number): void => onColumns(moved(columns, id, to));
  return (
    <aside className="panel" aria-labelledby={title} onKeyDown={(event) => event.key === "Escape" && props.onClose()}>
      <header className="row">
        <h2 id={title}>{l10n.t("Columns")}</h2>
        <Button onPress={props.onClose}>{l10n.t("Close")}</Button>
      </header>
      <h3>{l10n.t("Shown, in this order")}</h3>
      <ol className="shown">
        {columns.map((id, place) => (
          <li key={id}>
            <span className="shown-name" title={id}>
              {place < pinned && <span className="quiet">{l10n.t("pinned")} </span>}
              {toColumn(id).kind === "attributes" ? toColumn(id).title : id}
            </span>
            <button
              type="button"
              aria-label={l10n.t("Move {0} up", id)}
              disabled={place === 0}
              onClick={() => move(id, place - 1)}
            >
              ↑
            </button>
            <button
              type="button"
              aria-label={l10n.t("Move {0} down", id)}
              disabled={place === columns.length - 1}
              onClick={() => move(id, place + 1)}
            >
              ↓
            </button>
            <button type="button" aria-label={l10n.t("Hide {0}", id)} onClick={() => setSome([id], false)}>
              ✕
            </button>
          </li>
        ))}
      </ol>
      <label className="field" htmlFor={search}>
        {l10n.t("Find")}
        <input id={search} type="search" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      {groups.length === 0 && <p className="quiet">{l10n.t("No column has such a name.")}</p>}
      {groups.map(([group, ids]) => {
        const on = ids.filter((id) => shown.has(id)).length;
        return (
          <fieldset key={group}>
            <legend>
              <label>
                <input
                  type="checkbox"
                  checked={on === ids.length}
                  ref={(box) => {
                    if (box) box.indeterminate = on > 0 && on < ids.length;
                  }}
                  onChange={(event) => setSome(ids.slice(0, mostListed), event.target.checked)}
                />
                {group} <span className="quiet">{l10n.t("{0} of {1}", on, ids.length)}</span>
              </label>
            </legend>
            {ids.slice(0, mostListed).map((id) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={shown.has(id)}
                  onChange={(event) => setSome([id], event.target.checked)}
                />
                {toColumn(id).title}
              </label>
            ))}
            {ids.length > mostListed && (
              <p className="quiet">{l10n.t("{0} more: type a part of the name.", ids.length - mostListed)}</p>
            )}
          </fieldset>
        );
      })}
    </aside>
  );
}
