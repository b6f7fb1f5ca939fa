import { size } from "#client/progressText.ts";
import type { Preflight } from "#contract/entities/submit.ts";

const shownAtMost = 5;

/** The sheet of a submit as lines: what is sent, in which environment, where it runs. `file` names a job without a name. */
export function sheetLines(sheet: Preflight, file: string): string[] {
  const { code, environment, target } = sheet;
  return [
    `${sheet.display_name || file} · experiment ${sheet.experiment_name}`,
    code.root === null
      ? "  code         none"
      : `  code         ${code.root}: ${plural(code.files, "file")}, ${size(code.bytes)}${skippedWords(code.skipped_count)}`,
    ...some(code.skipped, ({ path, rule }) => `               skipped ${path} (${rule})`, code.skipped_count),
    ...some(
      code.parent_ignored,
      ({ path, rule }) => `               sent although a parent's rule skips it: ${path} (${rule})`,
    ),
    ...(code.parent_ignored.length > 0 ? ["               --skip-parent-ignored leaves these out too"] : []),
    ...some(code.secrets, ({ path, line, what }) => `               looks like a secret: ${path}:${line} (${what})`),
    `  environment  ${environment.label}: ${environment.cached ? "cached" : "to be built"}, Python ${environment.python}`,
    ...environment.report.map((line) => `               ${line}`),
    `  target       ${target.name}${target.fallback_for === null ? "" : ` (no target is called ${target.fallback_for})`}${queueWords(target.queue_place)}`,
    ...(target.detail ? [`               ${target.detail}`] : []),
    ...sheet.inputs.map(({ name, value, note }) => `  input        ${name} = ${value}${note ? ` (${note})` : ""}`),
    ...sheet.notices.filter((line) => !environment.report.includes(line)).map((line) => `  note         ${line}`),
    ...sheet.refusals.map((line) => `  refused      ${line}`),
  ];
}

function some<T>(items: readonly T[], show: (item: T) => string, total = items.length): string[] {
  const left = total - Math.min(items.length, shownAtMost);
  return [...items.slice(0, shownAtMost).map(show), ...(left > 0 ? [`               and ${left} more`] : [])];
}

function skippedWords(count: number): string {
  return count > 0 ? `, ${count} skipped` : "";
}

function queueWords(place: number): string {
  return place > 1 ? `, place ${place} in the queue` : "";
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
