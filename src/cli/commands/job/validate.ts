import { command } from "../../parse/command.ts";
import { requiredText, words } from "../../parse/options.ts";

export const validate = command({
  summary: "Check a job's YAML file, without an engine.",
  details: "The result is that of `slipway validate --format json`; exit code 1 when the file is not valid.",
  options: {
    file: requiredText(["--file", "-f"], "The job's YAML file."),
    set: words("--set", "Values to set in the document: `path.to.key=value`."),
  },
  run: async (_context, { file, set }) => {
    // The whole YAML language, which no other verb of this noun needs.
    const { validateFiles } = await import("../../validation/validateFiles.ts");
    const files = validateFiles([file], { set, expect: "job" });
    return { value: { files }, exitCode: files.every(({ valid }) => valid) ? 0 : 1 };
  },
});
