import type { KindName } from "#spec/index.ts";

/** ▶ submits these. */
export function isRunnable(kind: KindName): boolean {
  return kind === "job:command";
}

/** `job:command` → "Command job". */
export function kindWords(kind: KindName): string {
  const [family = "", type] = kind.replaceAll("_", " ").split(":");
  const words = type ? `${type} ${family}` : family;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
