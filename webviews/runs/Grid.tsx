import { Fragment, useCallback, useMemo, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";
import { l10n } from "../shared/l10n.ts";
import { GridHead } from "./GridHead.tsx";
import { PinnedRow, RestRow, type RowProps } from "./GridRow.tsx";
import { moveOf, within, type Place } from "./gridKeys.ts";
import { slotsInSight, type Layout, type Slot } from "./layout.ts";
import type { RunsHost } from "./runsHost.ts";
import { nothing, stretched, toggled, type Selection } from "./selection.ts";
import type { PageState } from "./state.ts";
import { useRows } from "./useRows.ts";
import { headHeight, rowHeight, useSight } from "./useSight.ts";

/** Where a menu was asked for. */
export interface MenuPlace {
  x: number;
  y: number;
  at: Place;
}

export interface GridProps {
  state: PageState;
  layout: Layout;
  order: { column: string; ascending: boolean }[];
  cells: ReadonlyMap<string, number>;
  /** The columns that rows are asked with. */
  asked: readonly string[];
  host: RunsHost;
  /** Where the grid's element is put, for who gives it the focus. */
  element: { current: HTMLElement | null };
  onSelect: (selection: Selection) => void;
  onOpen: (id: number) => void;
  onSort: (column: string, add: boolean) => void;
  onToggleGroup: (group: string) => void;
  onMoveColumn: (slot: Slot, by: number) => void;
  onDrop: (column: string, before: string) => void;
  onResize: (column: string, width: number) => void;
  onMenu: (place: MenuPlace) => void;
  onDelete: () => void;
}

/** The table: a grid of which the rows and columns in sight are in the document. The focus stays on the grid itself. */
export function Grid(props: GridProps) {
  const { state, layout, element, onSelect } = props;
  const { ids, selection, rows } = state;
  const { sight, watch, onScroll } = useSight(ids.length, element);
  useRows({ state, columns: props.asked, sight, host: props.host });
  const [active, setActive] = useState<Place>({ row: 0, slot: 0 });
  const size = { rows: ids.length, slots: layout.slots.length, page: sight.fits };
  const at = within(active, size);
  const show = useCallback(
    (place: Place) => {
      const box = element.current;
      const slot = layout.slots[place.slot];
      setActive(place);
      if (!box) return;
      const top = place.row * rowHeight;
      if (place.row >= 0) {
        if (top < box.scrollTop) box.scrollTop = top;
        else if (top + rowHeight + headHeight > box.scrollTop + box.clientHeight) {
          box.scrollTop = top + rowHeight + headHeight - box.clientHeight;
        }
      }
      if (!slot || slot.pinned) return;
      if (slot.left - layout.pinnedWidth < box.scrollLeft) box.scrollLeft = slot.left - layout.pinnedWidth;
      else if (slot.left + slot.width > box.scrollLeft + box.clientWidth) {
        box.scrollLeft = slot.left + slot.width - box.clientWidth;
      }
    },
    [element, layout],
  );
  const all = useMemo(() => ids.length > 0 && ids.every((id) => selection.ids.has(id)), [ids, selection]);
  const toggleAll = (): void => onSelect(all ? nothing : { ids: new Set(ids), anchor: 0 });
  const press = (place: Place, add: boolean): void => {
    const slot = layout.slots[place.slot];
    if (place.row === -2) return slot && props.onToggleGroup(slot.column.group);
    if (place.row === -1) {
      if (place.slot === -1) return toggleAll();
      if (!slot) return;
      return slot.closed.length > 0 ? props.onToggleGroup(slot.column.group) : props.onSort(slot.column.id, add);
    }
    const id = ids[place.row];
    if (id !== undefined) props.onOpen(id);
  };
  const menuAt = (place: Place): void => {
    const cell = document.getElementById(`cell-${place.row}-${place.slot}`)?.getBoundingClientRect();
    props.onMenu({ x: cell?.left ?? 40, y: cell?.bottom ?? 80, at: place });
  };
  const select = (event: KeyboardEvent): boolean => {
    const id = ids[at.row];
    if (event.key === " " && at.row >= 0 && id !== undefined) onSelect(toggled(selection, id, at.row));
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) onSelect({ ids: new Set(ids), anchor: 0 });
    else if (event.key === "Escape" && selection.ids.size > 0) onSelect(nothing);
    else if (event.key === "Delete" && selection.ids.size > 0) props.onDelete();
    else return false;
    return true;
  };
  const keys = (event: KeyboardEvent): void => {
    const slot = layout.slots[at.slot];
    if (at.row < 0 && event.altKey && /^Arrow(?:Left|Right)$/u.test(event.key)) {
      const by = event.key === "ArrowLeft" ? -1 : 1;
      if (slot) props.onMoveColumn(slot, by);
      show(within({ ...at, slot: at.slot + by }, size));
    } else if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) menuAt(at);
    else if (event.key === "Enter" || (event.key === " " && at.row < 0)) press(at, event.shiftKey);
    else if (!select(event)) {
      const to = moveOf(event.key, event.ctrlKey || event.metaKey, at, size);
      if (!to) return;
      if (event.shiftKey && to.row >= 0 && to.row !== at.row) {
        const from = selection.ids.size === 0 ? { ids: new Set<number>(), anchor: at.row } : selection;
        onSelect(stretched(from, ids, to.row));
      }
      show(to);
    }
    event.preventDefault();
  };
  const placeOf = (event: MouseEvent): Place | undefined => {
    const cell = (event.target as Element).closest<HTMLElement>("[data-slot]");
    const row = cell?.closest<HTMLElement>("[data-row]");
    return cell && row ? { row: Number(row.dataset["row"]), slot: Number(cell.dataset["slot"]) } : undefined;
  };
  const click = (event: MouseEvent): void => {
    const place = placeOf(event);
    if (!place) return;
    const id = ids[place.row];
    setActive(place);
    if (place.row < 0) return press(place, event.shiftKey);
    if (id === undefined) return;
    if (event.shiftKey) onSelect(stretched(selection, ids, place.row));
    else if (place.slot === -1 || event.ctrlKey || event.metaKey) onSelect(toggled(selection, id, place.row));
    else if ((event.target as Element).closest(".link")) props.onOpen(id);
  };
  const context = (event: MouseEvent): void => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    setActive(place);
    props.onMenu({ x: event.clientX, y: event.clientY, at: place });
  };
  const { first, end } = slotsInSight(layout.slots, sight.from + layout.pinnedWidth, sight.to);
  const pinned = layout.slots.filter((slot) => slot.pinned).length;
  const drawn = sight.end - sight.first;
  const rowsInSight = (draw: (row: Omit<RowProps, "first" | "end">) => ReactNode): ReactNode[] =>
    Array.from({ length: drawn }, (_, index) => {
      const place = sight.first + index;
      const id = ids[place];
      if (id === undefined) return null;
      const row = { at: place, row: rows.get(id), layout, cells: props.cells, selected: selection.ids.has(id) };
      const active = at.row === place ? at.slot : undefined;
      return <Fragment key={place % (drawn + 1)}>{draw({ ...row, active })}</Fragment>;
    });
  return (
    <div
      className="grid"
      role="grid"
      tabIndex={0}
      ref={watch}
      onScroll={onScroll}
      onKeyDown={keys}
      onClick={click}
      onDoubleClick={(event) => {
        const place = placeOf(event);
        if (place && place.row >= 0 && place.slot >= 0) press(place, false);
      }}
      onContextMenu={context}
      aria-label={l10n.t("Runs")}
      aria-multiselectable="true"
      aria-rowcount={ids.length + 2}
      aria-colcount={layout.slots.length + 1}
      aria-activedescendant={`cell-${at.row}-${at.slot}`}
    >
      <GridHead
        {...{ layout, order: props.order, first, end, all, onResize: props.onResize, onDrop: props.onDrop }}
        some={selection.ids.size > 0}
        activeGroup={at.row === -2 ? at.slot : undefined}
        activeTitle={at.row === -1 ? at.slot : undefined}
      />
      <div role="rowgroup" className="grid-body" style={{ height: ids.length * rowHeight, width: layout.total }}>
        <div role="presentation" className="pane" style={{ height: ids.length * rowHeight, width: layout.pinnedWidth }}>
          {rowsInSight((row) => (
            <PinnedRow {...row} first={pinned} end={pinned} />
          ))}
        </div>
        {rowsInSight((row) => (
          <RestRow {...row} first={first} end={end} />
        ))}
      </div>
    </div>
  );
}
