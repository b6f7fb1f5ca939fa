import type { Verbs } from "../parse/command.ts";
import type { Entries } from "../parse/entries.ts";

const accounts = () => import("./account.ts");
const configuring = () => import("./configure.ts");

/** What `az` can do here besides `az ml`, which is the program itself. */
export const azProgram: Entries = {
  account: { summary: "The subscription that scripts are told.", verbs: async () => (await accounts()).verbs },
  config: { summary: "Values that later commands use.", verbs: async () => (await configuring()).configVerbs },
  configure: { summary: "Defaults of later az commands.", command: async () => (await configuring()).configure },
  extension: {
    summary: "Extensions of az: `ml` is built in.",
    verbs: async (): Promise<Verbs> => (await import("./extension.ts")).verbs,
  },
  group: {
    summary: "Names of resource groups.",
    verbs: async (): Promise<Verbs> => (await import("./group.ts")).verbs,
  },
  login: { summary: "Needs nothing here.", command: async () => (await accounts()).login },
  logout: { summary: "Needs nothing here.", command: async () => (await accounts()).logout },
  version: {
    summary: "What answers here.",
    command: async () => (await import("./extension.ts")).version,
  },
};
