import { toColumn, type Column } from "./columns.ts";

/** What stands in the table from left to right: a column, or a group that is closed. */
export interface Slot {
  column: Column;
  /** The columns of a closed group; empty for a column that is shown. */
  closed: readonly Column[];
  /** Pixels from the left of the table. */
  left: number;
  width: number;
  pinned: boolean;
}

/** Neighbours of one group, under one heading. */
export interface Heading {
  group: string;
  first: number;
  /** Behind the last. */
  end: number;
  closed: boolean;
}

export const selectWidth = 34;
const closedWidth = 64;
const widths: Readonly<Record<string, number>> = {
  "attributes.run_name": 210,
  "attributes.status": 124,
  "attributes.experiment": 150,
  "attributes.start_time": 184,
  "attributes.end_time": 184,
  "attributes.duration": 124,
  "attributes.run_id": 250,
  "attributes.artifact_uri": 320,
};

export interface Layout {
  slots: readonly Slot[];
  headings: readonly Heading[];
  /** Width of what stays in sight at the left, with the column of the ticks. */
  pinnedWidth: number;
  total: number;
}

/** Places of all columns. The first `pinned` columns stay in sight; a group that is closed is one narrow slot. */
export function layOut(options: {
  columns: readonly string[];
  pinned: number;
  closed: ReadonlySet<string>;
  widths: Readonly<Record<string, number>>;
}): Layout {
  const slots: Slot[] = [];
  let left = selectWidth;
  for (const [index, id] of options.columns.entries()) {
    const column = toColumn(id);
    const pinned = index < options.pinned;
    const last = slots.at(-1);
    if (!pinned && options.closed.has(column.group)) {
      if (last && last.closed.length > 0 && last.column.group === column.group) {
        slots[slots.length - 1] = { ...last, closed: [...last.closed, column] };
        continue;
      }
      slots.push({ column, closed: [column], left, width: closedWidth, pinned });
      left += closedWidth;
      continue;
    }
    const width = options.widths[id] ?? widths[id] ?? (column.kind === "tags" ? 150 : 116);
    slots.push({ column, closed: [], left, width, pinned });
    left += width;
  }
  const last = slots.filter(({ pinned }) => pinned).at(-1);
  return {
    slots,
    headings: headingsOf(slots),
    pinnedWidth: last ? last.left + last.width : selectWidth,
    total: left,
  };
}

/** A heading never reaches over the edge of what is pinned. */
function headingsOf(slots: readonly Slot[]): Heading[] {
  const headings: Heading[] = [];
  for (const [index, slot] of slots.entries()) {
    const last = headings.at(-1);
    const before = slots[index - 1];
    const closed = slot.closed.length > 0;
    if (last?.group === slot.column.group && before?.pinned === slot.pinned && last.closed === closed)
      last.end = index + 1;
    else headings.push({ group: slot.column.group, first: index, end: index + 1, closed });
  }
  return headings;
}

/** The slots in sight between two places of the part that is not pinned, with one to spare at each side. */
export function slotsInSight(slots: readonly Slot[], from: number, to: number): { first: number; end: number } {
  let first = slots.findIndex((slot) => !slot.pinned && slot.left + slot.width > from);
  if (first < 0) first = slots.length;
  let end = first;
  while (end < slots.length && (slots[end] as Slot).left < to) end++;
  const pinned = slots.filter((slot) => slot.pinned).length;
  return { first: Math.max(pinned, first - 1), end: Math.min(slots.length, end + 1) };
}
