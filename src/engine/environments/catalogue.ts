import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import * as z from "zod";
import { slipwayError } from "#contract/errors.ts";
import type { CatalogueEntry, CatalogueNote } from "./catalogueEntry.ts";
import { curatedEnvironments } from "./curated.ts";
import { satisfies } from "./pythonVersion.ts";

/** A user's file: `environments: {NAME: {python, requirements}}`. */
const CatalogueFile = z.strictObject({
  environments: z.record(
    z.string(),
    z.strictObject({
      python: z.string().default("3.10"),
      pattern: z.string().optional(),
      requirements: z.array(z.string()),
    }),
  ),
});

/** What a name stands for on a given Python. */
export interface CuratedEnvironment {
  name: string;
  python: string;
  requirementsFor(pythonVersion: string): { requirements: readonly string[]; notes: readonly CatalogueNote[] };
}

/** The names of environments and what they stand for. A user's entries come before the built-in ones. */
export class Catalogue {
  readonly #entries: readonly CatalogueEntry[];

  constructor(options: { userEntries?: readonly CatalogueEntry[] } = {}) {
    this.#entries = [...(options.userEntries ?? []), ...curatedEnvironments];
  }

  /** `reference` in any of Azure's forms. Undefined when no entry is meant. */
  find(reference: string): CuratedEnvironment | undefined {
    const name = bareName(reference);
    for (const entry of this.#entries) {
      const match =
        entry.pattern === undefined ? name === entry.name.toLowerCase() : new RegExp(entry.pattern).exec(name);
      if (!match) continue;
      const version = match === true ? undefined : match.groups?.["version"];
      return {
        name,
        python: pythonOfName(name) ?? entry.python,
        requirementsFor: (python) => pick(entry, python, version ?? ""),
      };
    }
    return undefined;
  }

  names(): string[] {
    return this.#entries.map((entry) => entry.name);
  }
}

function pick(
  entry: CatalogueEntry,
  python: string,
  version: string,
): ReturnType<CuratedEnvironment["requirementsFor"]> {
  const variant =
    entry.variants.find((one) => one.python === undefined || satisfies(python, one.python)) ?? entry.variants[0];
  return {
    requirements: (variant?.requirements ?? []).map((line) => line.replaceAll("{version}", version)),
    notes: [...(entry.notes ?? []), ...(variant?.notes ?? [])],
  };
}

/**
 * The name inside a reference, lower case: of `azureml://registries/R/environments/N/labels/latest`, `azureml:N@latest`,
 * `AzureML-N:3`, `mcr.microsoft.com/azureml/curated/N:tag`.
 */
export function bareName(reference: string): string {
  const registry = /^azureml:\/\/registries\/[^/]+\/environments\/([^/]+)/.exec(reference)?.[1];
  const name =
    registry ?? reference.replace(/^azureml:/, "").replace(/^mcr\.microsoft\.com\/azureml\/(curated\/)?/, "");
  return name
    .replace(/@.*$/, "")
    .replace(/:[^:/]*$/, "")
    .toLowerCase()
    .replace(/^azureml-/, "");
}

/** True for references that can only mean one of Azure's own environments. */
export function isCuratedReference(reference: string): boolean {
  return /^(azureml:)?AzureML-|^azureml:\/\/registries\/azureml(-[a-z]+)?\/environments\//.test(reference);
}

/** `-py38` and `-py312` in a name tell the Python version. */
export function pythonOfName(name: string): string | undefined {
  const match = /(?:^|-)py(3)\.?(\d{1,2})(?:-|$)/.exec(name);
  return match ? `${match[1]}.${match[2]}` : undefined;
}

/** Reads a user's catalogue file. Throws `invalid-document` with the reason. */
export function readCatalogueFile(text: string, path: string): CatalogueEntry[] {
  const document = parseDocument(text, { schema: "failsafe", uniqueKeys: true });
  const fault = document.errors[0]?.message;
  const parsed = fault === undefined ? CatalogueFile.safeParse(plain(document.contents)) : undefined;
  if (!parsed?.success) {
    const issue = parsed?.error.issues[0];
    const reason = fault ?? `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
    throw slipwayError("invalid-document", `The environment catalogue ${path} is not valid: ${reason}`, {
      next: "Correct the file; each entry has `python` and a list `requirements`.",
      details: { path },
    });
  }
  return Object.entries(parsed.data.environments).map(([name, { python, pattern, requirements }]) => ({
    name,
    python,
    variants: [{ requirements }],
    ...(pattern === undefined ? {} : { pattern }),
  }));
}

/** The plain value of a node. Aliases are not followed: a catalogue needs none. */
function plain(node: unknown): unknown {
  if (isMap(node)) return Object.fromEntries(node.items.map((pair) => [String(plain(pair.key)), plain(pair.value)]));
  if (isSeq(node)) return node.items.map(plain);
  if (isScalar(node)) return node.value;
  return isAlias(node) ? `*${node.source}` : null;
}
