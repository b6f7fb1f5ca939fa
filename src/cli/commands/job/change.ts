import { toAzureJob } from "../../azure/job.ts";
import { command } from "../../parse/command.ts";
import { dryRun, words } from "../../parse/options.ts";
import { changesOf } from "../../parse/pairs.ts";
import { jobName } from "./read.ts";

export const update = command({
  summary: "Change a job's display name, description or tags.",
  options: {
    name: jobName,
    set: words("--set", "`display_name=…`, `description=…`, `tags.<key>=…`."),
    remove: words("--remove", "`description`, `tags.<key>`."),
    dryRun,
  },
  run: async (context, { name, set, remove }) => {
    const client = await context.client();
    const { properties: _none, ...body } = changesOf(set, remove, {
      fields: ["description", "display_name"],
      maps: ["tags"],
    });
    const job = await client.updateJob({ params: { workspace: await context.workspace(), name }, body });
    return { value: toAzureJob(job) };
  },
});

export const archive = command({
  summary: "Archive a job: it leaves the lists, its records stay.",
  options: { name: jobName, dryRun },
  run: async (context, { name }) => {
    const client = await context.client();
    await client.updateJob({ params: { workspace: await context.workspace(), name }, body: { archived: true } });
    return undefined;
  },
});
