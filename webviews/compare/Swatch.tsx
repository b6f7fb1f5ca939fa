import { runStyle } from "./runStyle.ts";

/** A run's line as the charts draw it. */
export function Swatch({ run }: { run: number }) {
  const { color, dash } = runStyle(run);
  return (
    <svg className="swatch" data-color={color} viewBox="0 0 22 8" aria-hidden="true">
      <line x1="0" y1="4" x2="22" y2="4" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
