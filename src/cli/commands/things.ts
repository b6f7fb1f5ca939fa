import { resolve } from "node:path";
import type { Context } from "../context.ts";
import type { Column } from "../output/table.ts";
import { command, type Command } from "../parse/command.ts";
import { dryRun, flag, requiredText, text, words, type Option } from "../parse/options.ts";
import { changesOf, pairsOf, setAt } from "../parse/pairs.ts";
import { UsageError } from "../parse/usageError.ts";

/** What `create` sends of a thing that is no versioned asset: a file, fields, or both. */
interface CreateBody {
  source?: { file: string; overrides: string[] };
  fields: Record<string, unknown>;
  base_dir: string;
}

export const thingName = requiredText(["--name", "-n"], "Its name.");

/** A verb that creates from a YAML file or from options, each of which is a field of the document. */
export function createVerb(row: {
  summary: string;
  details?: string;
  /** Field of the document → the option that gives it. */
  fields: Readonly<Record<string, Option<string | number | undefined>>>;
  create: (context: Context, body: CreateBody) => Promise<Record<string, unknown>>;
}): Command {
  return command({
    summary: row.summary,
    ...(row.details === undefined ? {} : { details: row.details }),
    options: {
      ...(row.fields as Readonly<Record<string, Option>>),
      file: text(["--file", "-f"], "The YAML file."),
      name: text(["--name", "-n"], "Its name."),
      description: text(["--description", "-d"], "A description."),
      tags: words("--tags", "Tags: `key=value`."),
      set: words("--set", "Values to set in the document: `path.to.key=value`."),
      noWait: flag("--no-wait", "Accepted for scripts written for az."),
      dryRun,
    },
    run: async (context, values) => {
      if (values.file === undefined && values.name === undefined) {
        throw new UsageError("the following arguments are required: --file/-f or --name/-n");
      }
      const given = values as Record<string, unknown>;
      const fields: Record<string, unknown> = {};
      for (const key of [...Object.keys(row.fields), "name", "description"]) {
        if (given[key] !== undefined) fields[key] = given[key];
      }
      if (values.tags.length > 0) fields["tags"] = pairsOf("--tags", values.tags);
      if (values.file === undefined) {
        for (const [path, value] of Object.entries(pairsOf("--set", values.set))) setAt(fields, path, value);
      }
      const value = await row.create(context, {
        fields,
        base_dir: process.cwd(),
        ...(values.file ? { source: { file: resolve(values.file), overrides: values.set } } : {}),
      });
      return { value };
    },
  });
}

/** Fields of a list's table, by title. */
export function columnsOf(fields: Readonly<Record<string, string>>): Column[] {
  return Object.entries(fields).map(([title, key]) => ({ title, show: (row) => shown(row[key]) }));
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return String(value.length);
  return value === null || value === undefined ? "" : String(value);
}

export function listVerb(
  summary: string,
  columns: readonly Column[],
  list: (context: Context) => Promise<Record<string, unknown>[]>,
): Command {
  return command({ summary, run: async (context) => ({ value: await list(context), columns }) });
}

export function showVerb(
  summary: string,
  show: (context: Context, name: string) => Promise<Record<string, unknown>>,
): Command {
  return command({
    summary,
    options: { name: thingName },
    run: async (context, { name }) => ({ value: await show(context, name) }),
  });
}

export function deleteVerb(summary: string, remove: (context: Context, name: string) => Promise<unknown>): Command {
  return command({
    summary,
    options: {
      name: thingName,
      yes: flag(["--yes", "-y"], "Accepted for scripts written for az; nothing is asked."),
      noWait: flag("--no-wait", "Accepted for scripts written for az."),
      dryRun,
    },
    run: async (context, { name }) => {
      await remove(context, name);
      return undefined;
    },
  });
}

/** The options of an update, and what they ask for. */
export const updateOptions = {
  name: thingName,
  set: words("--set", "`description=…`, `tags.<key>=…`."),
  remove: words("--remove", "`description`, `tags.<key>`."),
  dryRun,
};

export function descriptionAndTags(values: { set: string[]; remove: string[] }): {
  description?: string | null;
  tags?: Record<string, string | null>;
} {
  const { description, tags } = changesOf(values.set, values.remove, { fields: ["description"], maps: ["tags"] });
  return { ...(description === undefined ? {} : { description }), ...(tags === undefined ? {} : { tags }) };
}
