import { resolve } from "node:path";
import { command, type Verbs } from "../parse/command.ts";
import { dryRun, requiredText } from "../parse/options.ts";

const prefix = requiredText("--prefix", "The beginning of the URLs: `https://host/folder/`.");

export const verbs: Verbs = {
  add: command({
    summary: "Read a folder instead of the URLs that begin with a prefix.",
    details: "For machines without internet. URLs in literal inputs are rewritten too.",
    options: { prefix, path: requiredText(["--path", "-p"], "The folder that holds what the URLs name."), dryRun },
    run: async (context, { prefix: url, path }) => {
      const client = await context.client();
      const params = { workspace: await context.workspace() };
      return { value: await client.addMirror({ params, body: { prefix: url, path: resolve(path) } }) };
    },
  }),
  list: command({
    summary: "Show the mirror map.",
    run: async (context) => {
      const client = await context.client();
      return { value: await client.listMirrors({ params: { workspace: await context.workspace() } }) };
    },
  }),
  remove: command({
    summary: "Forget a prefix.",
    options: { prefix, dryRun },
    run: async (context, { prefix: url }) => {
      const client = await context.client();
      const params = { workspace: await context.workspace() };
      return { value: await client.removeMirror({ params, query: { prefix: url } }) };
    },
  }),
};
