import { memo } from "react";
import type { RunTableRow } from "#contract/routes/runTable.ts";
import { l10n } from "../shared/l10n.ts";
import { cellWords, isNumeric, statusSigns } from "./cellWords.ts";
import type { Layout, Slot } from "./layout.ts";
import { selectWidth } from "./layout.ts";
import { rowHeight } from "./useSight.ts";

/** Behind the name of a run that is no longer in use. */
const stageWords = { archived: l10n.t("archived"), deleted: l10n.t("deleted") };

export interface RowProps {
  /** Place in the table, from 0. */
  at: number;
  row: RunTableRow | undefined;
  layout: Layout;
  /** Place of each column in the row's cells. */
  cells: ReadonlyMap<string, number>;
  /** Slots that are drawn; of the pinned ones all up to `first`. */
  first: number;
  end: number;
  selected: boolean;
  /** The slot of the active cell when it is in this row; -1 is the tick, undefined another row. */
  active: number | undefined;
}

/**
 * One run stands in two panes: what is pinned, in one pane that stays at the left, and the rest. A row that is pinned by
 * itself would be a layer of its own, and fifty layers are too many to draw in a frame. Elements are used again as the
 * table scrolls: only their texts and places change. Both parts carry the row's number, so that they are told as one.
 */
export const PinnedRow = memo(function PinnedRow(props: RowProps) {
  const { at, row, layout, selected, active } = props;
  return (
    <div
      role="row"
      className="run"
      data-row={at}
      data-stage={row?.stage}
      aria-rowindex={at + 3}
      aria-selected={selected}
      aria-busy={row === undefined}
      style={{ top: at * rowHeight, width: layout.pinnedWidth }}
    >
      <div
        role="gridcell"
        id={`cell-${at}--1`}
        className="cell tick"
        data-slot={-1}
        data-active={active === -1}
        aria-colindex={1}
        aria-label={selected ? l10n.t("Selected") : l10n.t("Not selected")}
        style={{ left: 0, width: selectWidth }}
      >
        <span aria-hidden="true" data-on={selected} />
      </div>
      {layout.slots.slice(0, props.first).map((slot, place) => (
        <Cell key={slot.column.id} {...{ at, slot, place, row, active: active === place }} cells={props.cells} />
      ))}
    </div>
  );
});

/** The cells of a run that are not pinned, from the slot `first` on. */
export const RestRow = memo(function RestRow(props: RowProps) {
  const { at, row, layout, selected, active } = props;
  return (
    <div
      role="row"
      className="run"
      data-row={at}
      data-stage={row?.stage}
      aria-rowindex={at + 3}
      aria-selected={selected}
      style={{ top: at * rowHeight, width: layout.total }}
    >
      {layout.slots.slice(props.first, props.end).map((slot, index) => {
        const place = props.first + index;
        return (
          <Cell key={slot.column.id} {...{ at, slot, place, row, active: active === place }} cells={props.cells} />
        );
      })}
    </div>
  );
});

function Cell(props: {
  at: number;
  place: number;
  slot: Slot;
  row: RunTableRow | undefined;
  active: boolean;
  cells: ReadonlyMap<string, number>;
}) {
  const { at, place, slot, row, active } = props;
  const { column, left, width } = slot;
  const index = props.cells.get(column.id);
  const isClosed = slot.closed.length > 0;
  const value = row && index !== undefined && !isClosed ? (row.cells[index] ?? null) : null;
  const words = isClosed
    ? "…"
    : column.id === "attributes.run_name"
      ? (row?.display_name ?? "")
      : cellWords(column, value);
  return (
    <div
      role="gridcell"
      id={`cell-${at}-${place}`}
      className={isNumeric(column) ? "cell number" : "cell"}
      data-slot={place}
      data-active={active}
      data-column={column.id}
      aria-colindex={place + 2}
      title={words.length > 12 ? words : undefined}
      style={{ left, width }}
    >
      {row === undefined ? (
        <span className="waiting" aria-hidden="true" />
      ) : column.id === "attributes.status" ? (
        <Status status={words} />
      ) : column.id === "attributes.run_name" ? (
        <>
          <span className="link">{words}</span>
          {row.stage !== "active" && <span className="stage"> {stageWords[row.stage]}</span>}
        </>
      ) : (
        words || <span className="none">–</span>
      )}
    </div>
  );
}

function Status({ status }: { status: string }) {
  return (
    <span className="status" data-status={status}>
      <span aria-hidden="true">{statusSigns[status] ?? "○"}</span> {status}
    </span>
  );
}
