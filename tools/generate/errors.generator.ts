import { errorCodes } from "#contract/errors.ts";
import type { Generator } from "./generators.ts";

function run(): Map<string, string> {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, meaning }]) => `## \`${code}\`\n\nHTTP ${status}. ${meaning}\n`,
  );
  return new Map([
    [
      "docs/reference/errors.md",
      `# Error codes\n\nThe closed list of errors. The same object is an HTTP reply, a line of the CLI and a notification.\n\n${rows.join("\n")}`,
    ],
  ]);
}

/** The page on error codes, from the closed list. */
export default { name: "errors", run } satisfies Generator;
