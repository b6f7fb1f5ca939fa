import { slipwayError } from "#contract/errors.ts";
import type { Context } from "../context.ts";
import { command, type Verbs } from "../parse/command.ts";
import { flag, text, words } from "../parse/options.ts";
import { pairsOf } from "../parse/pairs.ts";
import { UsageError } from "../parse/usageError.ts";
import { changeSettings, defaultOf, readSettings, subscriptionOf, type AzSettings, type Group } from "./settings.ts";

const name = text(["--name", "-n"], "The group; --resource-group says the same.");
const yes = flag(["--yes", "-y"], "Accepted for scripts written for az; nothing is asked.");
const noWait = flag("--no-wait", "Accepted for scripts written for az.");

function nameOf(context: Context, given: string | undefined): string {
  const found = given ?? context.globals.resourceGroup;
  if (found) return found;
  throw new UsageError("the following arguments are required: --name/--resource-group/-n/-g");
}

/** A group as az prints it. */
function shown(settings: AzSettings, group: Group): Record<string, unknown> {
  return {
    id: `/subscriptions/${subscriptionOf(settings).id}/resourceGroups/${group.name}`,
    ...group,
    managedBy: null,
    properties: { provisioningState: "Succeeded" },
    type: "Microsoft.Resources/resourceGroups",
  };
}

function found(settings: AzSettings, wanted: string): Group | undefined {
  return Object.values(settings.groups).find((group) => group.name.toLowerCase() === wanted.toLowerCase());
}

/** Resource groups are names that scripts made: nothing here is kept by group. */
export const verbs: Verbs = {
  create: command({
    summary: "Keep the name of a resource group.",
    details: "Nothing in Slipway goes by resource group; the name is kept for the script's next question.",
    options: {
      name,
      location: text(["--location", "-l"], "Kept with the name."),
      tags: words("--tags", "Tags: `key=value`."),
      managedBy: text("--managed-by", "Accepted for scripts written for az; not used."),
    },
    run: (context, values) => {
      const wanted = nameOf(context, values.name);
      const settings = changeSettings((all) => {
        const was = found(all, wanted);
        const location = values.location ?? was?.location ?? defaultOf(all, "location") ?? "local";
        const tags = { ...was?.tags, ...pairsOf("--tags", values.tags) };
        const key = was?.name ?? wanted;
        all.groups[key] = { name: key, location, tags };
      });
      return Promise.resolve({ value: shown(settings, found(settings, wanted)!) });
    },
  }),
  show: command({
    summary: "Show a group that was made here.",
    options: { name },
    run: (context, values) => {
      const settings = readSettings();
      const wanted = nameOf(context, values.name);
      const group = found(settings, wanted);
      if (group) return Promise.resolve({ value: shown(settings, group) });
      throw slipwayError("not-found", `Resource group '${wanted}' could not be found.`, {
        next: "`az group create` makes one; nothing in Slipway needs it.",
      });
    },
  }),
  list: command({
    summary: "List the groups that were made here.",
    run: () => {
      const settings = readSettings();
      return Promise.resolve({ value: Object.values(settings.groups).map((group) => shown(settings, group)) });
    },
  }),
  exists: command({
    summary: "Say whether a group was made here.",
    options: { name },
    run: (context, values) =>
      Promise.resolve({ value: found(readSettings(), nameOf(context, values.name)) !== undefined }),
  }),
  delete: command({
    summary: "Forget the name of a group; workspaces, jobs and assets stay.",
    options: { name, yes, noWait },
    run: (context, values) => {
      const wanted = nameOf(context, values.name);
      const group = found(readSettings(), wanted);
      if (!group) throw slipwayError("not-found", `Resource group '${wanted}' could not be found.`);
      changeSettings((all) => delete all.groups[group.name]);
      context.notice("Only the group's name was forgotten: workspaces, jobs and assets stay.");
      return Promise.resolve(undefined);
    },
  }),
};
