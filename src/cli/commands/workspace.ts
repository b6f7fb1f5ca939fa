import { resolve } from "node:path";
import { CodedError } from "#base/errors.ts";
import type { Workspace } from "#contract/entities/asset.ts";
import { withoutNulls } from "../azure/withoutNulls.ts";
import type { Context } from "../context.ts";
import { command, type Command, type Verbs } from "../parse/command.ts";
import { dryRun, flag, text, words } from "../parse/options.ts";
import { changesOf } from "../parse/pairs.ts";
import { UsageError } from "../parse/usageError.ts";

/** The workspace may be named by --name or, as everywhere, by --workspace-name. */
const optionalName = text(["--name", "-n"], "The workspace; the default one when not given.");

/** As az has it; a script that asks for group or location hears its own words again. */
const toAzure = (context: Context, workspace: Workspace): Record<string, unknown> => {
  const { az, globals } = context;
  const place = {
    location: az?.location ?? "local",
    resource_group: globals.resourceGroup ?? az?.resourceGroup ?? "local",
  };
  return withoutNulls(az ? { ...place, ...workspace } : workspace);
};

async function nameInFile(file: string | undefined, set: string[]): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const { readDocumentName } = await import("../validation/documentName.ts");
  return readDocumentName(file, { set, expect: "workspace" });
}

async function nameOf(context: Context, name: string | undefined): Promise<string> {
  return name ?? (await context.workspace());
}

function setArchived(summary: string, archived: boolean): Command {
  return command({
    summary,
    options: { name: optionalName, dryRun },
    run: async (context, { name }) => {
      const client = await context.client();
      const workspace = await nameOf(context, name);
      await client.updateWorkspace({ params: { workspace }, body: { archived } });
      return undefined;
    },
  });
}

export const verbs: Verbs = {
  create: command({
    summary: "Create a workspace from a YAML file or a name.",
    options: {
      file: text(["--file", "-f"], "The workspace's YAML file."),
      name: text(["--name", "-n"], "Its name."),
      displayName: text("--display-name", "Its name for people."),
      description: text(["--description", "-d"], "A description."),
      set: words("--set", "Values to set in the document: `path.to.key=value`."),
      location: text(["--location", "-l"], "Accepted for scripts written for az; it is here."),
      noWait: flag("--no-wait", "Accepted for scripts written for az."),
      dryRun,
    },
    run: async (context, values) => {
      const name = values.name ?? (values.file === undefined ? context.globals.workspace : undefined);
      if (values.file === undefined && name === undefined) {
        throw new UsageError("the following arguments are required: --file/-f or --name/-n");
      }
      const client = await context.client();
      const body = {
        ...(name === undefined ? {} : { name }),
        ...(values.displayName === undefined ? {} : { display_name: values.displayName }),
        ...(values.description === undefined ? {} : { description: values.description }),
        ...(values.file === undefined ? {} : { source: { file: resolve(values.file), overrides: values.set } }),
      };
      try {
        return { value: toAzure(context, await client.createWorkspace({ body })) };
      } catch (thrown) {
        const there = context.az && thrown instanceof CodedError && thrown.code === "conflict";
        const taken = there ? (name ?? (await nameInFile(values.file, values.set))) : undefined;
        if (taken === undefined) throw thrown;
        // Scripts for az create what they need each time they run.
        context.notice(`The workspace ${taken} is here already and stays as it is.`);
        return { value: toAzure(context, await client.showWorkspace({ params: { workspace: taken } })) };
      }
    },
  }),
  list: command({
    summary: "List the workspaces of this engine.",
    options: { includeArchived: flag("--include-archived", "Archived ones too.") },
    run: async (context, { includeArchived }) => {
      const client = await context.client();
      const workspaces = await client.listWorkspaces({ query: { include_archived: includeArchived } });
      return { value: workspaces.map((workspace) => toAzure(context, workspace)) };
    },
  }),
  show: command({
    summary: "Show one workspace.",
    options: { name: optionalName },
    run: async (context, { name }) => {
      const client = await context.client();
      return {
        value: toAzure(context, await client.showWorkspace({ params: { workspace: await nameOf(context, name) } })),
      };
    },
  }),
  update: command({
    summary: "Change a workspace, or make it the default.",
    options: {
      name: optionalName,
      set: words("--set", "`display_name=…`, `description=…`, `tags.<key>=…`."),
      remove: words("--remove", "`description`."),
      defaultCompute: text("--default-compute", "Target for jobs whose compute no target has."),
      retentionDays: text(
        "--retention-days",
        "Jobs that ended so many days ago are deleted by `gc`; `none` keeps them.",
      ),
      default: flag("--default", "Make it the default workspace."),
      dryRun,
    },
    run: async (context, values) => {
      const client = await context.client();
      const workspace = await nameOf(context, values.name);
      const { description, display_name, tags } = changesOf(values.set, values.remove, {
        fields: ["description", "display_name"],
        maps: ["tags"],
      });
      const body = {
        ...(description === undefined ? {} : { description }),
        ...(display_name === undefined ? {} : { display_name }),
        ...(tags === undefined ? {} : { tags: await mergedTags(context, workspace, tags) }),
        ...(values.defaultCompute === undefined ? {} : { default_compute: values.defaultCompute }),
        ...retentionOf(values.retentionDays),
        ...(values.default ? { is_default: true as const } : {}),
      };
      return { value: toAzure(context, await client.updateWorkspace({ params: { workspace }, body })) };
    },
  }),
  archive: setArchived("Archive a workspace; its records stay.", true),
  restore: setArchived("Bring an archived workspace back.", false),
};

/** How long the workspace keeps jobs. Throws a usage error for what is no number of days. */
function retentionOf(days: string | undefined): { retention_days?: number | null } {
  if (days === undefined) return {};
  if (days === "none") return { retention_days: null };
  if (Number(days) > 0) return { retention_days: Number(days) };
  throw new UsageError(`argument --retention-days: ${days} is neither a number of days nor \`none\``);
}

/** This route takes all tags at once. */
async function mergedTags(
  context: Context,
  workspace: string,
  changes: Record<string, string | null>,
): Promise<Record<string, string>> {
  const client = await context.client();
  const { tags } = await client.showWorkspace({ params: { workspace } });
  const merged = Object.entries({ ...tags, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
