import type { ComparedFact, ComparedSeries, Comparison } from "#contract/routes/compare.ts";
import { chartSvg, colours } from "./svg.ts";

export interface Exported {
  comparison: Comparison;
  series: readonly ComparedSeries[];
}

/** A comparison as one file that needs nothing else: no script, no font, no picture from anywhere. */
export function comparisonHtml({ comparison, series, madeAt }: Exported & { madeAt: Date }): string {
  const { runs, facts, baseline } = comparison;
  const different = facts.filter(({ differs }) => differs);
  const same = facts.filter(({ differs }) => !differs);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Comparison of ${runs.length} runs</title>
<style>${style}</style>
</head>
<body>
<h1>Comparison of ${runs.length} runs</h1>
<p class="quiet">Made by Slipway on ${escape(madeAt.toISOString().slice(0, 16).replace("T", " "))} UTC. The baseline is ${escape(runs[baseline]?.display_name ?? "")}.</p>
<table><thead><tr><th scope="col">Run</th><th scope="col">What differs</th><th scope="col">Status</th><th scope="col">Name</th></tr></thead><tbody>
${runs
  .map(
    (run, index) =>
      `<tr><th scope="row"><span class="swatch" style="background:${colours[index % colours.length]}"></span>${escape(run.display_name)}</th><td>${escape(run.label)}</td><td>${escape(run.status)}</td><td><code>${escape(run.name)}</code></td></tr>`,
  )
  .join("\n")}
</tbody></table>
<h2>What differs</h2>
${different.length > 0 ? factTable(different, comparison) : "<p>Nothing that was recorded differs.</p>"}
${
  series.length > 0
    ? `<h2>Curves</h2><div class="charts">${series
        .map((one) => chartSvg(one, { names: runs.map(({ name }) => name), escape }))
        .join("\n")}</div>`
    : ""
}
<h2>The same for all</h2>
<details><summary>${same.length} facts</summary>
${factTable(same, comparison)}
</details>
</body>
</html>
`;
}

function factTable(facts: readonly ComparedFact[], { runs, baseline }: Comparison): string {
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
  return `<div class="scroll"><table><thead><tr><th scope="col">Group</th><th scope="col">Fact</th>${head}</tr></thead><tbody>
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
