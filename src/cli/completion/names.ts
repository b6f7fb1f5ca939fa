import { connect, type SlipwayClient } from "#client/client.ts";

/** Nouns whose things a shell can name. */
export const namedNouns = [
  "job",
  "data",
  "environment",
  "model",
  "component",
  "datastore",
  "compute",
  "workspace",
] as const;
export type NamedNoun = (typeof namedNouns)[number];

/** The newest so many jobs are offered. */
const mostJobs = 200;

/**
 * The names of a noun's things in the engine that runs; none when none runs, and none is started. A shell may expand
 * what it is given, so names that are more than letters, digits, `.`, `_` and `-` are left out.
 */
export async function namesOf(noun: NamedNoun, workspace: string | undefined): Promise<string[]> {
  let client: SlipwayClient | undefined;
  try {
    client = await connect({ start: false, checkReplies: false });
    const names = await listNames(client, noun, workspace ?? (await client.engineStatus()).workspace);
    return [...new Set(names)].filter((name) => /^\w[\w.-]*$/.test(name));
  } catch {
    // No engine, or one that ends at this moment: there is nothing to offer, and a prompt is no place for an error.
    return [];
  } finally {
    client?.dispose();
  }
}

async function listNames(client: SlipwayClient, noun: NamedNoun, workspace: string): Promise<string[]> {
  const named = (things: readonly { name: string }[]): string[] => things.map(({ name }) => name);
  const params = { workspace };
  switch (noun) {
    case "job":
      return named((await client.listJobs({ params, query: { max_results: mostJobs } })).jobs);
    case "datastore":
      return named(await client.listDatastores({ params }));
    case "compute":
      return named(await client.listComputes({ params }));
    case "workspace":
      return named(await client.listWorkspaces({ query: {} }));
    default:
      return named(await client.listAssets({ params: { workspace, kind: noun }, query: {} }));
  }
}
