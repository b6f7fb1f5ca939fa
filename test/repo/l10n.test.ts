import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeholders, textsOf } from "../../tools/generate/sourceTexts.ts";
import { takeTexts } from "../../tools/generate/manifestTexts.ts";
import { unsaidTexts } from "./unsaidTexts.ts";
import { root } from "../../tools/process/run.ts";

type Texts = Record<string, string>;
const read = (file: string): Texts => JSON.parse(readFileSync(join(root, file), "utf8")) as Texts;

/** Links to commands and to settings, which a translation keeps. */
const links = (text: string): string[] =>
  (text.match(/\(command:[^)]*\)|#slipway[\w.]+#|`[a-z][\w.-]+`/g) ?? []).sort();

/** What is wrong with a translation, one line each. */
function faults(english: Texts, translated: Texts): string[] {
  return [
    ...Object.keys(english)
      .filter((key) => !(key in translated))
      .map((key) => `missing: ${key}`),
    ...Object.keys(translated)
      .filter((key) => !(key in english))
      .map((key) => `unused: ${key}`),
    ...Object.entries(translated).flatMap(([key, text]) => {
      const source = english[key];
      if (source === undefined) return [];
      if (text.trim() === "") return [`empty: ${key}`];
      if (String(placeholders(text)) !== String(placeholders(source))) return [`other values: ${key}`];
      return String(links(text)) === String(links(source)) ? [] : [`other links: ${key}`];
    }),
  ];
}

const languages = globSync("{l10n/bundle.l10n.*.json,package.nls.*.json}", { cwd: root }).sort();

test("German is there for the manifest and for what is said", () => {
  expect(languages).toEqual(["l10n/bundle.l10n.de.json", "package.nls.de.json"]);
});

test.each(languages)("%s says every text, with the same values and links", (file) => {
  expect(faults(read(file.replace(/\.[a-z-]+\.json$/, ".json")), read(file))).toEqual([]);
});

test("a missing, an unused and a changed translation are found", () => {
  const english = { a: "one", b: "{0} of {1}", c: "[x](command:y)", d: "d" };
  const translated = { a: "", b: "{0} von {2}", c: "[x](command:z)", e: "e" };
  expect(faults(english, translated)).toEqual([
    "missing: d",
    "unused: e",
    "empty: a",
    "other values: b",
    "other links: c",
  ]);
});

test("the manifest speaks by keys, and every key is known", () => {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key = ""]) => key);
  expect(used.sort()).toEqual(Object.keys(read("package.nls.json")).sort());
  expect(used.length).toBeGreaterThan(100);
});

test("two texts of the manifest cannot have one key", () => {
  expect(() =>
    takeTexts(
      {
        views: [
          { id: "a", title: "x" },
          { id: "a", title: "y" },
        ],
      },
      "",
    ),
  ).toThrow("textKey");
});

test("a text that cannot be found by reading is refused, and so are other places than values", () => {
  expect(textsOf("a.ts", 'vscode.l10n.t("{0} of {1}", a, b)')).toEqual([{ text: "{0} of {1}", place: "a.ts:1" }]);
  expect(() => textsOf("a.ts", "l10n.t(`${a} files`)")).toThrow("a.ts:1");
  expect(() => textsOf("a.ts", "\nl10n.t('{0} of {1}', a)")).toThrow("a.ts:2");
});

test("nothing is said that is not translated", () => {
  const { looked, found } = unsaidTexts();
  expect(found).toEqual([]);
  expect(looked).toBeGreaterThan(60);
});

test("a message in plain English is found", () => {
  expect(unsaidTexts({ "a.ts": 'vscode.window.showErrorMessage("No such job.")' }).found).toEqual([
    'a.ts:1 "No such job."',
  ]);
});
