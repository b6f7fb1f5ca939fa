/** Keys in alphabetical order at every depth, as `az` prints them. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

const colours = { key: "\u001b[34m", text: "\u001b[32m", other: "\u001b[33m", end: "\u001b[0m" } as const;
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with colours. */
export function toColouredJson(value: unknown): string {
  return toJson(value).replace(token, (all: string, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) return `${colours.other}${all}${colours.end}`;
    return colon === undefined ? `${colours.text}${text}${colours.end}` : `${colours.key}${text}${colours.end}${colon}`;
  });
}
