import type { Answers, Preflight } from "#contract/entities/submit.ts";
import type { z } from "zod";
import type { CodeScan } from "./scan.ts";

const shownSkipped = 200;
const shownLargest = 20;

/** The sheet's part on code: counts are whole, lists are cut to what a person reads. */
export function codeSheet(scan: CodeScan): z.infer<typeof Preflight>["code"] {
  const largest = [...scan.files].sort((a, b) => b.bytes - a.bytes).slice(0, shownLargest);
  return {
    root: scan.root,
    files: scan.files.length,
    bytes: scan.bytes,
    largest: largest.map(({ path, bytes }) => ({ path, bytes })),
    skipped: scan.skipped.slice(0, shownSkipped),
    skipped_count: scan.skipped.length,
    parent_ignored: scan.parentIgnored.slice(0, shownSkipped),
    secrets: scan.secrets.slice(0, shownSkipped),
  };
}

/** What must be answered before these files are sent. */
export function questionsOf(scan: Pick<CodeScan, "secrets">, answers: Answers): CodeScan["needs"] {
  const [first] = scan.secrets;
  if (!first || answers.allow_secrets) return [];
  const files = new Set(scan.secrets.map(({ path }) => path));
  const where = first.line > 0 ? `${first.path}:${first.line}` : first.path;
  const question =
    files.size > 1
      ? `${files.size} files look as if they held secrets (${where}: ${first.what}, …). Send them?`
      : `${first.path} looks as if it held a secret (${where}: ${first.what}). Send it?`;
  return [{ answer: "allow_secrets", question }];
}
