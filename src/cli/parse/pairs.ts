import { UsageError } from "./usageError.ts";

/** `key=value` words as an object. A value may hold further equals signs. */
export function pairsOf(option: string, items: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => {
      const equals = item.indexOf("=");
      if (equals < 1) throw new UsageError(`argument ${option}: '${item}' is not of the form key=value`);
      return [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );
}

/** What `--set` and `--remove` of an update ask for. */
export interface Changes {
  description?: string | null;
  display_name?: string;
  tags?: Record<string, string | null>;
  properties?: Record<string, string | null>;
}

/**
 * The changes that `--set display_name=x tags.owner=ann` and `--remove tags.owner` ask for. `allowed` are the plain
 * fields that may be changed.
 */
export function changesOf(
  set: readonly string[],
  remove: readonly string[],
  allowed: { fields: readonly ("description" | "display_name")[]; maps: readonly ("tags" | "properties")[] },
): Changes {
  const changes: Changes = {};
  const place = (path: string, value: string | null): void => {
    const field = allowed.fields.find((name) => name === path);
    if (field === "description") changes.description = value;
    else if (field === "display_name" && value !== null) changes.display_name = value;
    else {
      const map = allowed.maps.find((name) => path.startsWith(`${name}.`));
      if (!map) {
        const can = [...allowed.fields, ...allowed.maps.map((name) => `${name}.<key>`)].join(", ");
        throw new UsageError(`'${path}' cannot be changed here; what can: ${can}`);
      }
      (changes[map] ??= {})[path.slice(map.length + 1)] = value;
    }
  };
  for (const [path, value] of Object.entries(pairsOf("--set", set))) place(path, value);
  for (const path of remove) place(path, null);
  return changes;
}

/** Sets `a.b` in a document. */
export function setAt(document: Record<string, unknown>, path: string, value: string): void {
  const keys = path.split(".");
  const last = keys.pop() ?? path;
  let at = document;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  at[last] = value;
}
