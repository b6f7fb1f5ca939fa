/** The active cell. Rows -2 and -1 are the groups and the titles; slot -1 is the column of the ticks. */
export interface Place {
  row: number;
  slot: number;
}

export interface GridSize {
  rows: number;
  slots: number;
  /** Rows that fit in sight. */
  page: number;
}

/** Where a key leads to; undefined for a key that does not move. Ctrl (or Cmd) goes to an end. */
export function moveOf(key: string, far: boolean, at: Place, size: GridSize): Place | undefined {
  const last = size.rows - 1;
  switch (key) {
    case "ArrowDown":
      return within({ ...at, row: far ? last : at.row + 1 }, size);
    case "ArrowUp":
      return within({ ...at, row: far && at.row > 0 ? 0 : at.row - 1 }, size);
    case "ArrowRight":
      return within({ ...at, slot: far ? size.slots - 1 : at.slot + 1 }, size);
    case "ArrowLeft":
      return within({ ...at, slot: far ? -1 : at.slot - 1 }, size);
    case "PageDown":
      return within({ ...at, row: Math.max(0, at.row) + size.page }, size);
    case "PageUp":
      return within({ ...at, row: at.row < 0 ? at.row : Math.max(0, at.row - size.page) }, size);
    case "Home":
      return far ? { row: Math.min(0, last), slot: -1 } : { ...at, slot: -1 };
    case "End":
      return within(far ? { row: last, slot: size.slots - 1 } : { ...at, slot: size.slots - 1 }, size);
    default:
      return undefined;
  }
}

/** A cell that is there. The row of groups has no tick. */
export function within({ row, slot }: Place, size: GridSize): Place {
  const inRows = Math.max(-2, Math.min(size.rows - 1, row));
  return { row: inRows, slot: Math.max(inRows === -2 ? 0 : -1, Math.min(size.slots - 1, slot)) };
}
