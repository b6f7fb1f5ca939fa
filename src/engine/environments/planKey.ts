import { createHash } from "node:crypto";
import { catalogueVersion } from "./curated.ts";
import type { EnvironmentFacts, EnvironmentPlan } from "./request.ts";

/**
 * The content hash of all that decides what is installed. Credentials in index addresses do not count: a rotated password
 * is no other environment.
 */
export function planKey(
  plan: Pick<EnvironmentPlan, "python" | "requirements" | "options" | "constraints" | "variables">,
  facts: EnvironmentFacts,
  usesCatalogue: boolean,
): string {
  const content = {
    schema: 1,
    catalogue: usesCatalogue ? catalogueVersion : null,
    platform: [facts.os, facts.arch, facts.libc],
    python: plan.python.version,
    requirements: plan.requirements.map(({ text, relaxed, hashes }) => [text, relaxed ?? null, hashes ?? null]),
    options: plan.options.map((line) => line.replace(/:\/\/[^/@\s]*@/g, "://")),
    constraints: plan.constraints,
    variables: Object.entries(plan.variables).sort(),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32);
}
