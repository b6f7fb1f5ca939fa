import type { PlannedRequirement } from "./request.ts";

const specifier = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)$/s;
const exactPin = /^===?\s*([0-9]+(?:\.[0-9]+)*)(\.\*)?$/;

/** PEP 503 */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/**
 * Reads one PEP 508 line. With `mayRelax` a pin gets its compatible release: the same minor version, not older than asked
 * (`==1.1.2` to `~=1.1.2`, `==1.4` to `~=1.4.0`). Undefined when the line is no requirement.
 */
export function parseRequirement(line: string, mayRelax: boolean): PlannedRequirement | undefined {
  const text = line.trim();
  if (/^(git|hg|svn|bzr)\+|^https?:/.test(text)) {
    const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(text)?.[1];
    return egg === undefined ? { text } : { text: `${egg} @ ${text.replace(/#.*$/, "")}`, name: normalizeName(egg) };
  }
  const match = specifier.exec(text);
  if (!match) return undefined;
  const [, name = "", extras = "", rest = ""] = match;
  if (rest.startsWith("@")) return { text, name: normalizeName(name) };
  const [versions = "", ...markers] = rest.split(";");
  const bare = versions.trim().replace(/^\((.*)\)$/, "$1");
  if (bare !== "" && !/^(===|[<>=!~]=|[<>])/.test(bare)) return undefined;
  const requirement: PlannedRequirement = { text, name: normalizeName(name) };
  const relaxed = mayRelax ? compatibleRelease(bare) : undefined;
  if (relaxed !== undefined) {
    const marker = markers.length > 0 ? ` ; ${markers.join(";").trim()}` : "";
    requirement.relaxed = `${name}${extras}${relaxed}${marker}`;
  }
  return requirement;
}

/** `~=` of an exact pin, keeping major and minor version; undefined where the specifier is no such pin. */
function compatibleRelease(versions: string): string | undefined {
  const match = exactPin.exec(versions);
  if (!match) return undefined;
  const parts = (match[1] ?? "").split(".");
  if (match[2] !== undefined && parts.length < 3) return undefined;
  if (parts.length === 1) return undefined;
  return `~=${[...parts, "0"].slice(0, 3).join(".")}`;
}
