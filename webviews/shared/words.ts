import { language } from "./l10n.ts";

/** A number as a person reads it: six figures, no more. */
export function numberWords(value: number | string): string {
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9
    ? value.toExponential(4)
    : String(Number(value.toPrecision(6)));
}

/** "0.4 s", "12 s", "3 min 4 s", "2 h 10 min". */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function sizeWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

export function timeWords(at: number | string): string {
  return new Date(at).toLocaleString(language);
}
