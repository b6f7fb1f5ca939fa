import { l10n, language } from "../shared/l10n.ts";
import { conditionOf } from "./cellWords.ts";
import type { Place } from "./gridKeys.ts";
import type { Slot } from "./layout.ts";
import type { MenuItem } from "./Menu.tsx";
import type { RunsHost } from "./runsHost.ts";
import type { PageState } from "./state.ts";
import type { useView } from "./useView.ts";

type Table = ReturnType<typeof useView>;

/** What can be done at a cell of the table. */
export function menuItems(options: {
  at: Place;
  state: PageState;
  table: Table;
  cells: ReadonlyMap<string, number>;
  host: RunsHost;
  open: (id: number) => void;
}): MenuItem[] {
  const { at, table } = options;
  const slot = table.layout.slots[at.slot];
  return at.row < 0 ? (slot ? columnItems(slot, table) : []) : runItems(options, slot);
}

function columnItems(slot: Slot, table: Table): MenuItem[] {
  const { id, group, groupTitle } = slot.column;
  const { view, layout, columns, setQuery } = table;
  const closed = slot.closed.length > 0;
  const place = layout.slots.indexOf(slot);
  const beside = (by: number) => layout.slots[place + by]?.pinned === slot.pinned;
  const toggle = {
    label: closed ? l10n.t("Open {0}", groupTitle) : l10n.t("Close {0}", groupTitle),
    disabled: slot.pinned,
    press: () => table.toggleGroup(group),
  };
  const moves = [
    { label: l10n.t("Move left (Alt+←)"), disabled: !beside(-1), press: () => table.move(slot, -1) },
    { label: l10n.t("Move right (Alt+→)"), disabled: !beside(1), press: () => table.move(slot, 1) },
  ];
  if (closed) return [toggle, ...moves];
  const sort = (ascending: boolean) => () => setQuery({ order: [{ column: id, ascending }] });
  return [
    { label: l10n.t("Sort, smallest first"), press: sort(true) },
    { label: l10n.t("Sort, largest first"), press: sort(false) },
    {
      label: l10n.t("Do not sort by it"),
      disabled: !view.query.order.some(({ column }) => column === id),
      press: () => setQuery({ order: view.query.order.filter(({ column }) => column !== id) }),
    },
    {
      label: slot.pinned ? l10n.t("Do not keep at the left") : l10n.t("Keep at the left"),
      press: () => table.pin(id, !slot.pinned),
    },
    ...moves,
    { label: l10n.t("Wider"), press: () => table.resize(id, slot.width + 40) },
    {
      label: l10n.t("Narrower"),
      disabled: slot.width <= 60,
      press: () => table.resize(id, Math.max(48, slot.width - 40)),
    },
    toggle,
    { label: l10n.t("Hide column"), disabled: columns.length === 1, press: () => table.hide(id) },
  ];
}

function runItems(options: Parameters<typeof menuItems>[0], slot: Slot | undefined): MenuItem[] {
  const { at, state, table, host } = options;
  const id = state.ids[at.row];
  const row = id === undefined ? undefined : state.rows.get(id);
  if (id === undefined || !row) return [];
  // A run that is one of those selected stands for all of them.
  const ids = state.selection.ids.has(id) ? [...state.selection.ids] : [id];
  const one = ids.length === 1;
  const many = ids.length.toLocaleString(language);
  const index = slot && options.cells.get(slot.column.id);
  const value = index === undefined ? null : (row.cells[index] ?? null);
  const condition = slot && slot.closed.length === 0 ? conditionOf(slot.column, value) : "";
  const { filter } = table.view.query;
  const narrowed = filter.trim() === "" ? condition : `(${filter.trim()}) AND ${condition}`;
  const send = (type: "compare" | "archive" | "delete" | "restore" | "copy-names") => () => host.send({ type, ids });
  return [
    { label: l10n.t("Open job page"), press: () => options.open(id) },
    {
      label: condition ? l10n.t("Only {0}", condition.slice(0, 60)) : l10n.t("Only this value"),
      disabled: condition === "",
      press: () => table.setQuery({ filter: narrowed }),
    },
    { label: one ? l10n.t("Compare") : l10n.t("Compare these {0} runs", many), disabled: one, press: send("compare") },
    { label: one ? l10n.t("Copy name") : l10n.t("Copy names"), press: send("copy-names") },
    ...(row.stage === "active"
      ? [{ label: one ? l10n.t("Archive") : l10n.t("Archive {0} runs", many), press: send("archive") }]
      : [{ label: one ? l10n.t("Restore") : l10n.t("Restore {0} runs", many), press: send("restore") }]),
    {
      label: one ? l10n.t("Delete…") : l10n.t("Delete {0} runs…", many),
      disabled: row.stage === "deleted",
      press: send("delete"),
    },
  ];
}
