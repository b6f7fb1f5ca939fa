import type { Progress } from "#contract/entities/progress.ts";

const titles: Record<Progress["phase"], string> = {
  freezing: "Freezing files",
  code: "Laying out the code",
  input: "Copying the input",
  environment: "Environment",
  resolving: "Resolving the environment",
  downloading: "Downloading packages",
  installing: "Installing packages",
};

/** Progress for a person: the words, and the share that is done (0 to 1), null where nobody knows it. */
export function progressText(progress: Progress): { text: string; share: number | null } {
  const { phase, detail, items, total_items: totalItems, bytes, total_bytes: totalBytes } = progress;
  const noun = ["downloading", "installing"].includes(phase) ? "packages" : "files";
  const counted = [itemWords(items, totalItems, noun), byteWords(phase, bytes, totalBytes)].filter(
    (part) => part !== "",
  );
  const isName = phase === "input";
  const about = detail === "" ? "" : isName ? ` ${detail}` : phase === "environment" ? `: ${detail}` : ` (${detail})`;
  return {
    text: `${titles[phase]}${about}${counted.length > 0 ? `: ${counted.join(", ")}` : ""}`,
    share: share(bytes, totalBytes) ?? share(items, totalItems),
  };
}

function itemWords(items: number | null, total: number | null, noun: string): string {
  if (total === null) return items === null || items === 0 ? "" : `${items} ${noun}`;
  // The total alone, as of packages that uv counts only in the end.
  return items === null ? `${total} ${noun}` : `${items} of ${total} ${noun}`;
}

function byteWords(phase: Progress["phase"], bytes: number | null, total: number | null): string {
  // Only what was announced so far: small packages come without a word.
  const scope = phase === "downloading" ? " of the large ones" : "";
  if (bytes === null) return "";
  if (total === null) return bytes === 0 ? "" : size(bytes);
  return `${size(bytes)} of ${size(total)}${scope}`;
}

function share(done: number | null, total: number | null): number | null {
  if (done === null || total === null || total === 0) return null;
  return Math.min(1, done / total);
}

const units = ["B", "KB", "MB", "GB", "TB"];

/** A size for a person, in powers of 1000. */
export function size(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
