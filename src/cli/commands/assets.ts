import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { AssetKind } from "#contract/entities/assetKind.ts";
import { toAzureAsset } from "../azure/asset.ts";
import { command, type Verbs } from "../parse/command.ts";
import { dryRun, flag, number, requiredText, text, words, type Option, type OptionTable } from "../parse/options.ts";
import { changesOf, pairsOf, setAt } from "../parse/pairs.ts";
import { withProgress } from "../terminal/followProgress.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { columnsOf } from "./things.ts";
import { UsageError } from "../parse/usageError.ts";

/** What a kind's `create` takes on the command line instead of, or on top of, a file: option → field of the document. */
interface Field {
  option: Option<string | undefined>;
  field: string;
  /** The value is a path on this machine, or else a URI. */
  isPath?: boolean;
}

/** Slipway's own: Azure ML always uploads. */
const storage: Field = {
  option: text(
    "--storage",
    "Keep a copy of local files, or use them where they are. By default up to 10 GiB are copied.",
    {
      choices: ["copy", "in-place"],
    },
  ),
  field: "storage",
};

const fieldsOf: Readonly<Record<AssetKind, Readonly<Record<string, Field>>>> = {
  data: {
    path: { option: text(["--path", "-p"], "File, folder or URI of the data."), field: "path", isPath: true },
    type: {
      option: text(["--type", "-t"], "Kind of data.", { choices: ["uri_file", "uri_folder", "mltable"] }),
      field: "type",
    },
    storage,
  },
  environment: {
    image: { option: text(["--image", "-i"], "Image reference; what it stands for here is said."), field: "image" },
    condaFile: { option: text(["--conda-file", "-c"], "Conda file."), field: "conda_file", isPath: true },
    build: { option: text(["--build-context", "-b"], "Folder with a Dockerfile."), field: "build.path", isPath: true },
    dockerfile: {
      option: text("--dockerfile-path", "Dockerfile in the build context."),
      field: "build.dockerfile_path",
    },
  },
  model: {
    path: { option: text(["--path", "-p"], "File, folder or URI of the model."), field: "path", isPath: true },
    type: {
      option: text(["--type", "-t"], "Kind of model.", { choices: ["custom_model", "mlflow_model", "triton_model"] }),
      field: "type",
    },
    storage,
    stage: { option: text("--stage", "Stage of the model."), field: "stage" },
  },
  component: {},
};

const selection = {
  name: requiredText(["--name", "-n"], "The asset's name."),
  version: text(["--version", "-v"], "The version."),
  label: text(["--label", "-l"], "A label of the version, such as `latest`."),
  registryName: text("--registry-name", "Accepted for scripts written for az; the workspace is looked in."),
};

/** The verbs that all versioned assets share. */
export function assetVerbs(kind: AssetKind): Verbs {
  const fields = fieldsOf[kind];
  const fieldOptions: OptionTable = Object.fromEntries(
    Object.entries(fields).map(([key, { option }]) => [key, option]),
  );
  const setArchived = (archived: boolean) =>
    command({
      summary: archived ? "Archive a version, or all of them." : "Bring an archived version, or all of them, back.",
      options: { ...selection, dryRun },
      run: async (context, values) => {
        const client = await context.client();
        const params = { workspace: await context.workspace(), kind, name: values.name };
        await client.updateAsset({ params, query: versionQuery(values), body: { archived } });
        return undefined;
      },
    });
  return {
    create: command({
      summary: `Create a version of a ${kind} asset from a YAML file or from options.`,
      details: "Without a version the next number is taken.",
      options: {
        ...fieldOptions,
        file: text(["--file", "-f"], "The asset's YAML file."),
        name: text(["--name", "-n"], "The asset's name."),
        version: text(["--version", "-v"], "The version."),
        description: text(["--description", "-d"], "A description."),
        tags: words("--tags", "Tags: `key=value`."),
        set: words("--set", "Values to set in the document: `path.to.key=value`."),
        registryName: text("--registry-name", "Accepted for scripts written for az; the workspace gets it."),
        noWait: flag("--no-wait", "Accepted for scripts written for az."),
        dryRun,
      },
      run: async (context, values) => {
        if (values.file === undefined && values.name === undefined) {
          throw new UsageError("the following arguments are required: --file/-f or --name/-n");
        }
        const client = await context.client();
        const given = values as Record<string, unknown>;
        const document: Record<string, unknown> = {};
        for (const [key, { field, isPath }] of Object.entries(fields)) {
          const value = given[key];
          if (typeof value === "string") setAt(document, field, isPath ? absolutePath(value) : value);
        }
        for (const key of ["name", "version", "description"] as const) {
          if (values[key] !== undefined) document[key] = values[key];
        }
        if (values.tags.length > 0) document["tags"] = pairsOf("--tags", values.tags);
        if (values.file === undefined) {
          for (const [path, value] of Object.entries(pairsOf("--set", values.set))) setAt(document, path, value);
        }
        const source = values.file && { file: resolve(values.file), overrides: values.set };
        const workspace = await context.workspace();
        const operation = randomUUID();
        const body = { fields: document, base_dir: process.cwd(), operation, ...(source ? { source } : {}) };
        const asset = await interruptible(
          (signal) =>
            withProgress(context, { workspace, operation, title: `Creating the ${kind} asset` }, () =>
              client.createAsset({ params: { workspace, kind }, body }, { signal }),
            ),
          () =>
            `Interrupted while the ${kind} asset was being made; the engine may still finish that. \`slipway ${kind} list\` shows whether it is there.`,
        );
        return { value: toAzureAsset(asset) };
      },
    }),
    list: command({
      summary: `List ${kind} assets: the newest version of each, or all versions of one.`,
      options: {
        name: text(["--name", "-n"], "All versions of this one."),
        maxResults: number(["--max-results", "-r"], "At most so many."),
        includeArchived: flag("--include-archived", "Archived ones too."),
        archivedOnly: flag("--archived-only", "Archived ones only."),
        registryName: selection.registryName,
      },
      run: async (context, values) => {
        const client = await context.client();
        const assets = await client.listAssets({
          params: { workspace: await context.workspace(), kind },
          query: {
            name: values.name,
            archived: values.archivedOnly ? "only" : values.includeArchived ? "include" : "exclude",
          },
        });
        return { value: assets.slice(0, values.maxResults).map(toAzureAsset), columns: assetColumns };
      },
    }),
    show: command({
      summary: `Show one version of a ${kind} asset; the latest when none is named.`,
      options: selection,
      run: async (context, values) => {
        if (values.registryName !== undefined) {
          context.notice(`Registries are not reached from here: looking for ${values.name} in the workspace.`);
        }
        const client = await context.client();
        const params = { workspace: await context.workspace(), kind, name: values.name };
        return { value: toAzureAsset(await client.showAsset({ params, query: versionQuery(values) })) };
      },
    }),
    update: command({
      summary: "Change a version's description, tags or properties.",
      options: {
        ...selection,
        set: words("--set", "`description=…`, `tags.<key>=…`, `properties.<key>=…`."),
        remove: words("--remove", "`tags.<key>`, `properties.<key>`, `description`."),
        addLabels: words("--add-labels", "Labels that this version gets."),
        dryRun,
      },
      run: async (context, values) => {
        const client = await context.client();
        const changes = changesOf(values.set, values.remove, {
          fields: ["description"],
          maps: ["tags", "properties"],
        });
        const params = { workspace: await context.workspace(), kind, name: values.name };
        const body = { ...changes, ...(values.addLabels.length > 0 ? { add_labels: values.addLabels } : {}) };
        const asset = await client.updateAsset({ params, query: versionQuery(values), body });
        return { value: toAzureAsset(asset) };
      },
    }),
    archive: setArchived(true),
    restore: setArchived(false),
  };
}

const assetColumns = columnsOf({ Name: "name", Version: "version", Type: "type", Path: "path" });

function versionQuery(values: { version: string | undefined; label: string | undefined }): {
  version?: string;
  label?: string;
} {
  if (values.version !== undefined && values.label !== undefined) {
    throw new UsageError("argument --label/-l: not allowed with argument --version/-v");
  }
  return {
    ...(values.version === undefined ? {} : { version: values.version }),
    ...(values.label === undefined ? {} : { label: values.label }),
  };
}

/** A path as the engine can find it; URIs and references stay as they are. */
function absolutePath(value: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) ? value : resolve(value);
}
