import { describe, expect, it } from "vitest";
import type { Comparison } from "#contract/routes/compare.ts";
import { comparisonCsv, csvText } from "#extension/compare/csv.ts";
import { comparisonHtml } from "#extension/compare/html.ts";
import { Random } from "../random.ts";

const seed = Number(process.env["FAULTS_SEED"] ?? 20261124);

/** What spreadsheets run, pages run, and readers of CSV stumble over. */
const payloads = [
  "=1+1",
  '=HYPERLINK("http://evil.test","x")',
  "=cmd|' /C calc'!A0",
  "+1+cmd|' /C calc'!A0",
  "-2+3",
  "-@SUM(1)",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  " =1+1",
  "\uff1d1+1",
  "\uff0b1+1",
  "\uff0d1+1",
  "\uff201+1",
  '"=1+1',
  "a,b\r\n=1+1",
  '"\r\n=1+1,"',
  "<script>hit()</script>",
  "\"><img src=x onerror='hit()'>",
  "</style><script>hit()</script>",
  "javascript:hit()",
  "<svg onload=hit()>",
  "--><script>hit()</script>",
  "&lt;script&gt;hit()&lt;/script&gt;",
  "<a href=command:slipway.job.cancel>x</a>",
  "\u0000<b>",
  "\u202e<script>",
];

/** A reader of RFC 4180, as strict as they come. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (isQuoted && character === '"' && text[at + 1] === '"') cell += text[++at] as string;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === "\r" && text[at + 1] === "\n") continue;
    else if (!isQuoted && (character === "," || character === "\n")) {
      lines.at(-1)?.push(cell);
      cell = "";
      if (character === "\n") lines.push([]);
    } else cell += character;
  }
  lines.pop();
  return lines;
}

const comparison = (value: string): Comparison => ({
  baseline: 0,
  runs: [value, `${value}2`].map((name) => ({
    ...{ name, display_name: value, experiment_name: value, status: "Completed", started_at: 0, ended_at: null },
    label: value,
  })),
  facts: [
    { group: "parameters", key: value, differs: true, values: [value, "1"] },
    { group: "tags", key: value, differs: false, values: [value] },
  ],
  curves: [],
  missing: [],
});

/** What a spreadsheet would take for a formula, and is none of our numbers. */
function isFormula(cell: string): boolean {
  return /^[\s\u0000]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(cell) && Number.isNaN(Number(cell.trim()));
}

describe(`T22 what is exported is data wherever it is opened, seed ${seed}`, () => {
  it.each(payloads)("T22 CSV: %j is a text, in its own cell, in every place", (payload) => {
    const lines = readCsv(comparisonCsv(comparison(payload)));
    expect(lines.length).toBe(3);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.flat().filter(isFormula)).toEqual([]);
    // A text is kept as it is, but for the apostrophe that keeps it one.
    for (const cell of [lines[1]?.[1], lines[1]?.[6]]) expect(cell?.replace(/^'/u, "")).toBe(payload);
  });

  it("T22 CSV: whatever characters come, cells stay where they are", () => {
    const random = new Random(seed);
    const alphabet = ["=", "+", "-", "@", ",", '"', "\r", "\n", "\t", " ", ";", "'", "a", "1", "e", "\uff1d", "\u0000"];
    for (let round = 0; round < 2000; round++) {
      const line = Array.from({ length: 4 }, () =>
        Array.from({ length: random.whole(0, 6) }, () => random.pick(alphabet)).join(""),
      );
      const [read = [], ...more] = readCsv(csvText([line]));
      expect(more).toEqual([]);
      expect(read.filter(isFormula), JSON.stringify(line)).toEqual([]);
      expect(read.map((cell) => cell.replace(/^'/u, ""))).toEqual(line.map((cell) => cell.replace(/^'/u, "")));
    }
  });

  it.each(payloads)("T22 HTML: %j is a text, in every place", (payload) => {
    const words = { t: (text: string, ...values: (string | number)[]) => [text, ...values].join(" ") };
    const html = comparisonHtml({
      ...{ comparison: comparison(payload), series: [], madeAt: new Date(0), l10n: words, language: payload },
    });
    expect(html).toContain("default-src 'none'");
    const tags = new Set([...html.matchAll(/<\/?([a-z!][a-z0-9]*)/giu)].map((match) => match[1]?.toLowerCase()));
    for (const tag of ["script", "img", "svg", "a", "iframe", "object", "base", "form", "b"]) {
      expect(tags.has(tag), tag).toBe(false);
    }
    expect(html.match(/<style/gu)?.length).toBe(1);
    expect(html.replace(/"[^"]*"/gu, '""')).not.toMatch(/<[^>]*\son\w+=/iu);
  });
});
