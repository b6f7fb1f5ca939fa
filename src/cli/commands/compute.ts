import { toAzureCompute } from "../azure/asset.ts";
import { command, type Verbs } from "../parse/command.ts";
import { flag, number, text } from "../parse/options.ts";
import { attach, detach, probe } from "./computeAttach.ts";
import { columnsOf, createVerb, deleteVerb, descriptionAndTags, listVerb, thingName, updateOptions } from "./things.ts";

const columns = columnsOf({
  Name: "name",
  Type: "type",
  State: "provisioning_state",
  Running: "running",
  Queued: "queued",
});

export const verbs: Verbs = {
  create: createVerb({
    summary: "Name a target that jobs run on.",
    details: "What the document asks for and this machine cannot give is said in the result.",
    fields: {
      type: text(["--type", "-t"], "Kind of compute."),
      size: text("--size", "Size that Azure would give it; kept with the document."),
      min_instances: number("--min-instances", "Kept with the document."),
      max_instances: number("--max-instances", "Kept with the document."),
      tier: text("--tier", "Kept with the document."),
      idle_time_before_scale_down: number("--idle-time-before-scale-down", "Kept with the document."),
    },
    create: async (context, body) => {
      const client = await context.client();
      return toAzureCompute(await client.createCompute({ params: { workspace: await context.workspace() }, body }));
    },
  }),
  attach,
  list: listVerb("List the targets of the workspace.", columns, async (context) => {
    const client = await context.client();
    const computes = await client.listComputes({ params: { workspace: await context.workspace() } });
    return computes.map(toAzureCompute);
  }),
  show: command({
    summary: "Show one target, what it has and what runs there.",
    options: { name: thingName, probe: flag("--probe", "Look at the machine now.") },
    run: async (context, { name, probe }) => {
      const client = await context.client();
      const params = { workspace: await context.workspace(), name };
      return { value: toAzureCompute(await client.showCompute({ params, query: { probe } })) };
    },
  }),
  probe,
  update: command({
    summary: "Change a target's description or tags.",
    options: updateOptions,
    run: async (context, values) => {
      const client = await context.client();
      const params = { workspace: await context.workspace(), name: values.name };
      return { value: toAzureCompute(await client.updateCompute({ params, body: descriptionAndTags(values) })) };
    },
  }),
  detach,
  delete: deleteVerb("Forget a target that runs nothing.", async (context, name) => {
    const client = await context.client();
    await client.deleteCompute({ params: { workspace: await context.workspace(), name } });
  }),
};
