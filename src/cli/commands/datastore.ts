import { toAzureDatastore } from "../azure/asset.ts";
import { command, type Verbs } from "../parse/command.ts";
import { flag, text } from "../parse/options.ts";
import { columnsOf, createVerb, deleteVerb, descriptionAndTags, listVerb, showVerb, updateOptions } from "./things.ts";

const columns = columnsOf({ Name: "name", Type: "type", Default: "is_default", Path: "path" });

export const verbs: Verbs = {
  create: createVerb({
    summary: "Create or replace a datastore.",
    details: "A cloud store is kept as its document; a local folder stands for it when one is given.",
    fields: {
      type: text(["--type", "-t"], "Kind of store."),
      path: text(["--path", "-p"], "The local folder that stands for it."),
    },
    create: async (context, body) => {
      const client = await context.client();
      return toAzureDatastore(await client.createDatastore({ params: { workspace: await context.workspace() }, body }));
    },
  }),
  list: listVerb("List the datastores of the workspace.", columns, async (context) => {
    const client = await context.client();
    const stores = await client.listDatastores({ params: { workspace: await context.workspace() } });
    return stores.map(toAzureDatastore);
  }),
  show: showVerb("Show one datastore.", async (context, name) => {
    const client = await context.client();
    return toAzureDatastore(await client.showDatastore({ params: { workspace: await context.workspace(), name } }));
  }),
  update: command({
    summary: "Change a datastore's description or tags, or make it the default.",
    options: { ...updateOptions, default: flag("--default", "Make it the workspace's default.") },
    run: async (context, values) => {
      const client = await context.client();
      const params = { workspace: await context.workspace(), name: values.name };
      const body = { ...descriptionAndTags(values), ...(values.default ? { is_default: true as const } : {}) };
      return { value: toAzureDatastore(await client.updateDatastore({ params, body })) };
    },
  }),
  delete: deleteVerb("Forget a datastore; its files stay.", async (context, name) => {
    const client = await context.client();
    await client.deleteDatastore({ params: { workspace: await context.workspace(), name } });
  }),
};
