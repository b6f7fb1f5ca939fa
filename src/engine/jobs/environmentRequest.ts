import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EnvironmentDefinition, LoadedEnvironmentField } from "#spec/index.ts";
import type { EnvironmentRequest } from "../environments/request.ts";

/** Finds a registered environment; undefined when the workspace has none of that name. */
export type FindEnvironment = (
  workspace: string,
  reference: { name: string; version?: string | undefined; label?: string | undefined },
) => Promise<EnvironmentDefinition | undefined>;

/** Texts beside a conda file or Dockerfile that its lines may name. Larger files are data, not requirements. */
const LARGEST_TEXT = 256 * 1024;
const MOST_TEXTS = 200;

/**
 * What a job's `environment` asks for. Null (a plain script) is the chosen interpreter, or the machine's own. A name that the
 * workspace does not have may be a curated one.
 */
export async function toEnvironmentRequest(
  workspace: string,
  field: LoadedEnvironmentField | null,
  python: string | undefined,
  find: FindEnvironment,
): Promise<EnvironmentRequest> {
  if (field === null) return { label: python ?? "Python of this machine", localPython: python ?? true };
  if (field.kind === "inline") return fromDefinition(field);
  const { reference, given } = field;
  if (reference.kind === "asset") {
    const registered = await find(workspace, reference);
    if (registered) return { ...(await fromDefinition(registered)), label: given };
  }
  return { label: given, curated: given };
}

async function fromDefinition(definition: EnvironmentDefinition): Promise<EnvironmentRequest> {
  const request: EnvironmentRequest = {};
  if (definition.image !== undefined) request.image = definition.image;
  if (definition.conda) {
    request.condaFile = definition.conda.text;
    if (definition.conda.path !== undefined) request.files = await textsBelow(dirname(definition.conda.path), 1);
  }
  if (definition.build) {
    request.dockerfile = await readFile(join(definition.build.path, definition.build.dockerfilePath), "utf8");
    request.files = { ...request.files, ...(await textsBelow(definition.build.path, 4)) };
    request.buildContext = { folder: definition.build.path, dockerfile: definition.build.dockerfilePath };
  }
  return request;
}

/** The small files of a folder by their relative path. */
async function textsBelow(root: string, depth: number): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  const walk = async (folder: string, prefix: string, left: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (Object.keys(texts).length >= MOST_TEXTS) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && left > 1 && entry.name !== ".git")
        await walk(path, `${prefix}${entry.name}/`, left - 1);
      else if (entry.isFile() && (await stat(path)).size <= LARGEST_TEXT) {
        texts[prefix + entry.name] = await readFile(path, "utf8");
      }
    }
  };
  await walk(root, "", depth);
  return texts;
}
