/** Comparing Python versions as far as interpreters need it: numbers only, no pre-releases. */

export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `3.11` of `3.11.7`. */
export function minorOf(version: string): string {
  return numbers(version).slice(0, 2).join(".");
}

/** True when `version` is within all parts of `specifier` (`3.8`, `==3.8.*`, `>=3.8,<3.11`). A bare `3.8` means any 3.8. */
export function satisfies(version: string, specifier: string): boolean {
  return specifier
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .every((part) => satisfiesOne(version, part));
}

function satisfiesOne(version: string, part: string): boolean {
  const [, operator = "", text = ""] = /^(===?|>=|<=|!=|~=|>|<|=)?\s*(.*)$/.exec(part) ?? [];
  const stem = text.replace(/\.?\*$/, "");
  const order = compareVersions(version, stem);
  switch (operator) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0 || startsWith(version, stem);
    case ">":
      return order > 0 && !startsWith(version, stem);
    case "<":
      return order < 0;
    case "!=":
      return !startsWith(version, stem);
    case "~=":
      return order >= 0 && startsWith(version, stem.split(".").slice(0, -1).join("."));
    default:
      return startsWith(version, stem);
  }
}

function startsWith(version: string, stem: string): boolean {
  const parts = numbers(version);
  return numbers(stem).every((part, index) => parts[index] === part);
}

function numbers(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}
