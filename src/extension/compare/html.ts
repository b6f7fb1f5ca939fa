import type { ComparedFact, ComparedSeries, Comparison } from "#contract/routes/compare.ts";
import { chartSvg, colours, type Words } from "./svg.ts";

export interface Exported {
  comparison: Comparison;
  series: readonly ComparedSeries[];
}

/** A comparison as one file that needs nothing else: no script, no font, no picture from anywhere. */
export function comparisonHtml(exported: Exported & { madeAt: Date; l10n: Words; language: string }): string {
  const { comparison, series, madeAt, l10n, language } = exported;
  const { runs, facts, baseline } = comparison;
  const title = l10n.t("Comparison of {0} runs", runs.length);
  const made = l10n.t(
    "Made by Slipway on {0} UTC. The baseline is {1}.",
    madeAt.toISOString().slice(0, 16).replace("T", " "),
    runs[baseline]?.display_name ?? "",
  );
  const head = [l10n.t("Run"), l10n.t("What differs"), l10n.t("Status"), l10n.t("Name")]
    .map((words) => `<th scope="col">${escape(words)}</th>`)
    .join("");
  const different = facts.filter(({ differs }) => differs);
  const same = facts.filter(({ differs }) => !differs);
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(title)}</h1>
<p class="quiet">${escape(made)}</p>
<table><thead><tr>${head}</tr></thead><tbody>
${runs
  .map(
    (run, index) =>
      `<tr><th scope="row"><span class="swatch" style="background:${colours[index % colours.length]}"></span>${escape(run.display_name)}</th><td>${escape(run.label)}</td><td>${escape(run.status)}</td><td><code>${escape(run.name)}</code></td></tr>`,
  )
  .join("\n")}
</tbody></table>
<h2>${escape(l10n.t("What differs"))}</h2>
${different.length > 0 ? factTable(different, comparison, l10n) : `<p>${escape(l10n.t("Nothing that was recorded differs."))}</p>`}
${
  series.length > 0
    ? `<h2>${escape(l10n.t("Curves"))}</h2><div class="charts">${series
        .map((one) => chartSvg(one, { names: runs.map(({ name }) => name), escape, l10n }))
        .join("\n")}</div>`
    : ""
}
<h2>${escape(l10n.t("The same for all"))}</h2>
<details><summary>${escape(l10n.t("{0} facts", same.length))}</summary>
${factTable(same, comparison, l10n)}
</details>
</body>
</html>
`;
}

function factTable(facts: readonly ComparedFact[], { runs, baseline }: Comparison, l10n: Words): string {
  const head = runs.map((run) => `<th scope="col">${escape(run.display_name)}</th>`).join("");
  const rows = facts.map(({ group, key, differs, values }) => {
    const cells = differs
      ? values
          .map((value, index) => {
            const changed = index !== baseline && value !== values[baseline];
            return `<td${changed ? ' class="changed"' : ""}>${value === null ? "—" : escape(value)}</td>`;
          })
          .join("")
      : `<td colspan="${runs.length}">${escape(values[0] ?? "")}</td>`;
    return `<tr><td class="quiet">${escape(group)}</td><th scope="row">${escape(key)}</th>${cells}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">${escape(l10n.t("Group"))}</th><th scope="col">${escape(l10n.t("Fact"))}</th>${head}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}

const style = `
:root { color-scheme: light dark; --line: #8885; --quiet: light-dark(#555, #aaa); }
body { margin: 2rem auto; max-width: 1200px; padding: 0 1rem; font: 14px/1.5 system-ui, sans-serif; color: light-dark(#1b1b1b, #ddd); background: light-dark(#fff, #1b1b1b); }
h2 { margin-top: 2.2rem; font-size: 1.15rem; } .quiet { color: var(--quiet); } code { font-size: .95em; }
table { border-collapse: collapse; } th, td { padding: 4px 14px 4px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); font-weight: normal; overflow-wrap: anywhere; }
thead th { color: var(--quiet); } .changed { font-weight: 700; } .scroll { overflow-x: auto; }
.swatch { display: inline-block; width: 12px; height: 12px; margin-right: 8px; border-radius: 3px; vertical-align: -1px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 24px; } figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--quiet); } svg .frame { fill: none; stroke: var(--line); } summary { cursor: pointer; }`;
