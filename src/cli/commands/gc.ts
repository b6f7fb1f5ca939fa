import { command } from "../parse/command.ts";
import { flag, number } from "../parse/options.ts";
import { ProgressLine } from "../terminal/progress.ts";
import { size as bytes } from "#client/progressText.ts";

export const gc = command({
  summary: "Remove what nothing refers to any more, and say the bytes freed.",
  options: {
    dryRun: flag("--dry-run", "Only say what would be removed."),
    unusedDays: number("--environments-unused-days", "Environments that no job has used for so many days go (30)."),
    deletedDays: number(
      "--deleted-days",
      "Jobs and runs that were deleted so many days ago go (30); 0 for all of them.",
    ),
  },
  run: async (context, { dryRun, unusedDays, deletedDays }) => {
    const client = await context.client();
    const progress = new ProgressLine({ enabled: context.interactive });
    progress.set("Looking for what nothing refers to");
    const body = {
      dry_run: dryRun,
      ...(unusedDays === undefined ? {} : { environments_unused_days: unusedDays }),
      ...(deletedDays === undefined ? {} : { deleted_days: deletedDays }),
    };
    const value = await client.collectGarbage({ body }).finally(() => progress.dispose());
    for (const { name, reason } of value.kept) context.notice(`${name} stays: ${reason}.`);
    context.notice(`${dryRun ? "Would free" : "Freed"} ${bytes(value.bytes_freed)}.`);
    return { value };
  },
});
