import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Entries } from "#cli/parse/entries.ts";
import { program } from "#cli/program.ts";
import { errorCodes } from "#contract/errors.ts";
import { root } from "../../tools/process/run.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

const pages = globSync("{*.md,{docs,examples,python,test,tools,media}/**/*.md}", { cwd: root }).filter(
  (file) => !file.startsWith("test/fixtures/"),
);

/** A page without its code blocks, whose brackets are no links. */
const prose = (file: string): string =>
  read(file)
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, "``");

const headings = (file: string): string[] =>
  [...read(file).matchAll(/^#{1,6} +(.+)$/gm)].map(([, text = ""]) => text.trim());

/** The anchor that a Markdown viewer gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");

interface Manifest {
  scripts: Record<string, string>;
  contributes?: {
    commands?: { command: string }[];
    configuration?: { properties: object } | { properties: object }[];
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;

test("every relative link leads to a file, and to a heading where it names one", () => {
  const broken = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
      .filter((target) => {
        const [path = "", fragment] = target.split("#");
        const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
        if (!existsSync(join(root, file))) return true;
        return fragment !== undefined && file.endsWith(".md") && !headings(file).map(anchor).includes(fragment);
      })
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every npm script that a page names exists", () => {
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)]
      .map(([, script, short]) => script ?? short ?? "")
      .filter((script) => !(script in manifest.scripts))
      .map((script) => `${page}: npm run ${script}`),
  );
  expect(unknown).toEqual([]);
});

test("every file in the layout that CONTRIBUTING names exists", () => {
  const named = [
    ...read("CONTRIBUTING.md").matchAll(/`((?:src|webviews|language-server|python|test|tools|docs)\/[\w./-]+)`/g),
  ];
  expect(named.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test.each([
  ["errors.md", Object.keys(errorCodes)],
  ["commands.md", (manifest.contributes?.commands ?? []).map(({ command }) => command)],
  [
    "settings.md",
    [manifest.contributes?.configuration ?? []].flat().flatMap(({ properties }) => Object.keys(properties)),
  ],
])("docs/reference/%s has a heading for each", (page, names) => {
  expect(names.length).toBeGreaterThan(0);
  const known = headings(`docs/reference/${page}`).map((heading) => heading.replaceAll("`", ""));
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test("every command and verb of the CLI has a heading in docs/reference/cli.md", async () => {
  const namesOf = async (entries: Entries): Promise<string[]> => {
    const names = Object.entries(entries).map(async ([noun, entry]) => {
      if ("command" in entry) return [noun];
      const below = "verbs" in entry ? Object.keys(await entry.verbs()) : await namesOf(await entry.entries());
      return below.map((name) => `${noun} ${name}`);
    });
    return (await Promise.all(names)).flat();
  };
  const names = await namesOf(program);
  const known = headings("docs/reference/cli.md").map((heading) => heading.replaceAll("`", ""));
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !known.some((heading) => `${heading} `.startsWith(`slipway ${name} `)))).toEqual([]);
});
