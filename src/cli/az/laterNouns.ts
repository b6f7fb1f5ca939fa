import { slipwayError } from "#contract/errors.ts";

/** Nouns of `az ml` that Slipway does not have: a script is told so, and not that it has mistyped. */
const laterNouns: Readonly<Record<string, string>> = {
  "batch-deployment": "batch deployments",
  "batch-endpoint": "batch endpoints",
  "capability-host": "capability hosts",
  connection: "connections",
  "feature-set": "feature sets",
  "feature-store": "feature stores",
  "feature-store-entity": "feature store entities",
  index: "indexes",
  "marketplace-subscription": "marketplace subscriptions",
  "online-deployment": "online deployments",
  "online-endpoint": "online endpoints",
  registry: "registries",
  schedule: "schedules",
  "serverless-endpoint": "serverless endpoints",
};

/** Throws the refusal of a noun that is Azure ML's and not here; returns for all others. */
export function refuseLaterNoun(place: string, words: readonly string[]): void {
  const [noun = "", verb] = words;
  if (!Object.hasOwn(laterNouns, noun)) return;
  const what = verb === undefined || verb.startsWith("-") ? "" : ` ${verb}`;
  throw slipwayError("unavailable", `${place} ${noun}${what} was not done: Slipway has no ${laterNouns[noun]}.`);
}
