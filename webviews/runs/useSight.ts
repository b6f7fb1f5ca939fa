import { useCallback, useEffect, useMemo, useState } from "react";

export const rowHeight = 26;
/** Two rows of headings. */
export const headHeight = 54;
/** Rows beyond the edges, so that a quick scroll shows no gap. */
const spare = 6;
/** Horizontal steps in which the columns in sight are worked out anew, in pixels. */
const step = 60;

export interface Sight {
  /** First row that is drawn, and the one behind the last. */
  first: number;
  end: number;
  /** Places of the left and right edge, in pixels from the left of the table. */
  from: number;
  to: number;
  /** Whole rows that fit. */
  fits: number;
}

/** Which part of the table is in sight. Redraws when that changes by a row or a step, not with every pixel. */
export function useSight(
  count: number,
  element: { current: HTMLElement | null },
): { sight: Sight; watch: (element: HTMLElement | null) => void; onScroll: () => void } {
  const [place, setPlace] = useState({ row: 0, left: 0, width: 1200, height: 700 });
  const read = useCallback(() => {
    const { scrollTop = 0, scrollLeft = 0, clientWidth = 0, clientHeight = 0 } = element.current ?? {};
    const row = Math.floor(scrollTop / rowHeight);
    const left = Math.floor(scrollLeft / step) * step;
    setPlace((before) =>
      before.row === row && before.left === left && before.width === clientWidth && before.height === clientHeight
        ? before
        : { row, left, width: clientWidth, height: clientHeight },
    );
  }, [element]);
  const observer = useMemo(() => new ResizeObserver(read), [read]);
  useEffect(() => () => observer.disconnect(), [observer]);
  const watch = useCallback(
    (watched: HTMLElement | null) => {
      element.current = watched;
      observer.disconnect();
      if (watched) observer.observe(watched);
    },
    [observer, element],
  );
  const fits = Math.max(1, Math.floor((place.height - headHeight) / rowHeight));
  const sight = useMemo(() => {
    const first = Math.max(0, Math.min(place.row, count - fits) - spare);
    return {
      ...{ first, end: Math.min(count, place.row + fits + 1 + spare), fits },
      ...{ from: place.left, to: place.left + place.width + step },
    };
  }, [place, count, fits]);
  return { sight, watch, onScroll: read };
}
