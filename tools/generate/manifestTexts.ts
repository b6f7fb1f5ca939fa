/** Properties of a manifest that hold a text for people, wherever they stand. */
const textual = new Set([
  "title",
  "description",
  "markdownDescription",
  "label",
  "contents",
  "altText",
  "displayName",
  "userDescription",
  "placeholder",
  "deprecationMessage",
  "markdownDeprecationMessage",
]);

/** Names are texts in some contributions and identifiers in others. */
const namedByText = new Set(["views"]);

/** What names an element of a list, so that its key stays when others come before it. */
const identifiers = ["textKey", "id", "command", "submenu", "type", "name", "view", "language", "scheme"] as const;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A manifest whose texts are `%keys%`, and what they say in English. */
export interface ManifestTexts {
  manifest: unknown;
  texts: ReadonlyMap<string, string>;
}

/**
 * Takes the texts out of a part of the manifest. A text's key is its place: `commands.slipway.job.run.title`. An element of a list
 * is named by its id (or `textKey`, which goes nowhere else). "Slipway" is a name in every language, and an id is no text.
 */
export function takeTexts(part: unknown, prefix: string): ManifestTexts {
  const texts = new Map<string, string>();
  const take = (text: string, key: string): string => {
    if (text === "" || text === "Slipway") return text;
    if (texts.has(key)) throw new Error(`Two texts of the manifest have the key ${key}: give their elements a textKey`);
    texts.set(key, text);
    return `%${key}%`;
  };
  const walk = (value: Json, path: readonly string[]): Json => {
    if (Array.isArray(value)) {
      return value.map((element: Json, index) => walk(element, [...path, nameOf(element) ?? String(index)]));
    }
    if (typeof value !== "object" || value === null) return value;
    const { textKey: _named, ...rest } = value as { readonly [name: string]: Json };
    const entries = Object.entries(rest).map(([name, inner]): [string, Json] => {
      const place = [...path, name];
      if (typeof inner === "string" && isText(name, path)) return [name, take(inner, place.join("."))];
      if (name === "enumDescriptions" && Array.isArray(inner)) {
        const values = rest["enum"] as readonly string[];
        return [name, inner.map((text, index) => take(String(text), [...place, values[index] ?? index].join(".")))];
      }
      return [name, name === "body" ? inner : walk(inner, place)];
    });
    return Object.fromEntries(entries);
  };
  return { manifest: walk(part as Json, prefix === "" ? [] : [prefix]), texts };
}

function isText(name: string, path: readonly string[]): boolean {
  if (name === "label" && path[0] === "resourceLabelFormatters") return false;
  return textual.has(name) || (name === "name" && namedByText.has(path[0] ?? ""));
}

function nameOf(element: Json): string | undefined {
  if (typeof element !== "object" || element === null || Array.isArray(element)) return undefined;
  for (const identifier of identifiers) {
    const value = (element as { readonly [name: string]: Json })[identifier];
    if (typeof value === "string") return value;
  }
  return undefined;
}
