import { command } from "../parse/command.ts";
import { text, words } from "../parse/options.ts";
import { validateFiles, type FileVerdict } from "../validation/validateFiles.ts";

export const validate = command({
  summary: "Check Azure ML YAML files, without an engine.",
  details: "Exit code 1 when one is not valid. A kind that is not known yet is valid, with an info that says so.",
  positionals: { name: "PATHS", help: "Files, and folders whose YAML files are checked.", min: 1 },
  options: {
    format: text("--format", "How the verdicts are printed (text).", { choices: ["text", "json"] }),
    set: words("--set", "Values to set in each document before the check: `path.to.key=value`."),
  },
  run: async (context, { format, set }, paths) => {
    const files = validateFiles(paths, { set });
    const exitCode = files.every(({ valid }) => valid) ? 0 : 1;
    if (format === "json" || context.globals.query !== undefined) return { value: { files }, exitCode };
    process.stdout.write(textOf(files));
    return { exitCode };
  },
});

function textOf(files: readonly FileVerdict[]): string {
  const lines = files.flatMap(({ path, kind, valid, problems }) => [
    ...problems.map(
      ({ line, column, severity, message, code, origin }) =>
        `${path}:${origin === "flag" ? "--set" : `${line}:${column}`}: ${severity}: ${message} [${code}]`,
    ),
    ...(valid ? [`${path}: valid${kind === null ? "" : ` (${kind})`}`] : []),
  ]);
  const invalid = files.filter(({ valid }) => !valid).length;
  const sum = `${files.length} file${files.length === 1 ? "" : "s"}, ${invalid} not valid`;
  return `${[...lines, sum].join("\n")}\n`;
}
