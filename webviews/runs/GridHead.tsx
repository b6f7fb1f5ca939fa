import { memo, useRef, type DragEvent, type PointerEvent } from "react";
import type { RunQuery } from "#contract/routes/runTable.ts";
import { l10n } from "../shared/l10n.ts";
import { isNumeric } from "./cellWords.ts";
import { selectWidth, type Heading, type Layout } from "./layout.ts";

export interface HeadProps {
  layout: Layout;
  order: RunQuery["order"];
  first: number;
  end: number;
  /** Slot of the active cell in the row of groups, in the row of titles. */
  activeGroup: number | undefined;
  activeTitle: number | undefined;
  all: boolean;
  some: boolean;
  onResize: (column: string, width: number) => void;
  /** Puts a column in the place of another. */
  onDrop: (column: string, before: string) => void;
}

/** Groups above, titles below. What a press does is told by the table: the elements carry places alone. */
export const GridHead = memo(function GridHead(props: HeadProps) {
  const { layout, first, end } = props;
  const pinned = layout.slots.filter((slot) => slot.pinned).length;
  const groupCells = (from: number, to: number) =>
    layout.headings
      .filter((heading) => heading.end > from && heading.first < to)
      .map((heading) => (
        <Group key={`${heading.group} ${heading.first}`} {...{ heading, layout }} active={props.activeGroup} />
      ));
  return (
    <div role="rowgroup" className="grid-head" style={{ width: layout.total }}>
      <div role="row" className="groups" data-row={-2} aria-rowindex={1}>
        <div role="presentation" className="pinned" style={{ width: layout.pinnedWidth }}>
          <div
            role="columnheader"
            aria-label={l10n.t("Selection")}
            aria-colindex={1}
            className="cell"
            style={{ left: 0, width: selectWidth }}
          />
          {groupCells(0, pinned)}
        </div>
        {groupCells(Math.max(first, pinned), end)}
      </div>
      <div role="row" className="titles" data-row={-1} aria-rowindex={2}>
        <div role="presentation" className="pinned" style={{ width: layout.pinnedWidth }}>
          <div
            role="columnheader"
            id="cell--1--1"
            className="cell tick"
            data-slot={-1}
            data-active={props.activeTitle === -1}
            aria-colindex={1}
            aria-label={
              props.all
                ? l10n.t("All runs are selected")
                : props.some
                  ? l10n.t("Some runs are selected")
                  : l10n.t("Select all runs")
            }
            style={{ left: 0, width: selectWidth }}
          >
            <span aria-hidden="true" data-on={props.all} data-some={props.some} />
          </div>
          {layout.slots.slice(0, pinned).map((_, place) => (
            <Title key={place} {...{ ...props, place }} />
          ))}
        </div>
        {layout.slots.slice(first, end).map((slot, index) => (
          <Title key={slot.column.id} {...{ ...props, place: first + index }} />
        ))}
      </div>
    </div>
  );
});

function Group({ heading, layout, active }: { heading: Heading; layout: Layout; active: number | undefined }) {
  const first = layout.slots[heading.first];
  const last = layout.slots[heading.end - 1];
  if (!first || !last) return null;
  const count = layout.slots
    .slice(heading.first, heading.end)
    .reduce((sum, slot) => sum + Math.max(1, slot.closed.length), 0);
  const { groupTitle } = first.column;
  const closedWords =
    count === 1 ? l10n.t("1 column of {0}", groupTitle) : l10n.t("{0} columns of {1}", count, groupTitle);
  const isActive = active !== undefined && active >= heading.first && active < heading.end;
  return (
    <div
      role="columnheader"
      id={isActive ? `cell--2-${active}` : undefined}
      className="cell group"
      data-slot={heading.first}
      data-group={heading.group}
      data-active={isActive}
      aria-colindex={heading.first + 2}
      aria-colspan={heading.end - heading.first}
      aria-expanded={first.pinned ? undefined : !heading.closed}
      title={heading.closed ? closedWords : groupTitle}
      style={{ left: first.left, width: last.left + last.width - first.left }}
    >
      <span className="stays" style={{ left: first.pinned ? selectWidth + 8 : layout.pinnedWidth + 8 }}>
        {!first.pinned && <span aria-hidden="true">{heading.closed ? "▸ " : "▾ "}</span>}
        {heading.closed ? <span aria-hidden="true">{count}</span> : groupTitle}
        {heading.closed && <span className="visually-hidden">{closedWords}</span>}
      </span>
    </div>
  );
}

function Title(props: HeadProps & { place: number }) {
  const { layout, order, place, onResize, onDrop } = props;
  const begin = useRef({ x: 0, width: 0 });
  const slot = layout.slots[place];
  if (!slot) return null;
  const { column } = slot;
  const sorted = order.findIndex((term) => term.column === column.id);
  const term = order[sorted];
  const sign = term ? (term.ascending ? " ↑" : " ↓") : "";
  const closed = slot.closed.length > 0;
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1) return;
    onResize(column.id, Math.max(48, begin.current.width + event.clientX - begin.current.x));
  };
  const dropped = (event: DragEvent<HTMLElement>): void => {
    event.preventDefault();
    onDrop(event.dataTransfer.getData("text/plain"), column.id);
  };
  return (
    <div
      role="columnheader"
      id={`cell--1-${place}`}
      className={isNumeric(column) ? "cell title number" : "cell title"}
      data-slot={place}
      data-active={props.activeTitle === place}
      data-column={column.id}
      aria-colindex={place + 2}
      aria-sort={term ? (term.ascending ? "ascending" : "descending") : closed ? undefined : "none"}
      title={closed ? undefined : column.key}
      draggable={!closed}
      onDragStart={(event) => event.dataTransfer.setData("text/plain", column.id)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={dropped}
      style={{ left: slot.left, width: slot.width }}
    >
      <span className="title-words">{closed ? "" : column.title}</span>
      {sign && (
        <span aria-hidden="true">
          {sign}
          {order.length > 1 ? sorted + 1 : ""}
        </span>
      )}
      {!closed && (
        <span
          aria-hidden="true"
          className="grip"
          onClick={(event) => event.stopPropagation()}
          draggable
          onDragStart={(event) => {
            event.preventDefault();
            event.stopPropagation();
          }}
          onPointerDown={(event) => {
            event.stopPropagation();
            begin.current = { x: event.clientX, width: slot.width };
            event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={drag}
        />
      )}
    </div>
  );
}
