import { useCallback, useEffect, useMemo, useState, type UIEvent } from "react";

const width = 200;
const keyWidth = 220;
/** Columns beyond the edges, so that a quick scroll shows no gap. */
const spare = 3;

/** Which columns of a wide table are in sight. Few columns are all there and share the room. */
export function useColumns(count: number): {
  first: number;
  last: number;
  /** Room of the columns that are left out, in pixels. */
  before: number;
  after: number;
  width: number;
  keyWidth: number;
  total: number;
  watch: (element: HTMLElement | null) => void;
  onScroll: (event: UIEvent<HTMLElement>) => void;
} {
  const [room, setRoom] = useState(1200);
  const [first, setFirst] = useState(0);
  const observer = useMemo(
    () => new ResizeObserver(([entry]) => entry && setRoom(Math.floor(entry.contentRect.width))),
    [],
  );
  useEffect(() => () => observer.disconnect(), [observer]);
  const watch = useCallback((element: HTMLElement | null) => element && observer.observe(element), [observer]);
  const onScroll = useCallback((event: UIEvent<HTMLElement>) => {
    setFirst(Math.max(0, Math.floor(event.currentTarget.scrollLeft / width) - spare));
  }, []);
  const inRoom = Math.ceil(room / width) + 2 * spare;
  const from = count <= inRoom ? 0 : Math.min(first, count - inRoom);
  const last = Math.min(count, from + inRoom);
  const wide = count <= inRoom ? Math.max(width, Math.min(420, Math.floor((room - keyWidth) / count))) : width;
  return {
    ...{ first: from, last, before: from * width, after: (count - last) * width },
    ...{ width: wide, keyWidth, total: keyWidth + count * wide, watch, onScroll },
  };
}
