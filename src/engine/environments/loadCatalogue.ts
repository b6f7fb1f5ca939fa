import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { Catalogue, readCatalogueFile } from "./catalogue.ts";

/**
 * The catalogue with the entries of `environments.yml` in the user's Slipway home, read anew at each call: an edit counts for the
 * next job. Throws `invalid-document` when the file is malformed.
 */
export async function loadCatalogue(home: string): Promise<Catalogue> {
  const path = join(home, "environments.yml");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (failure) {
    if (errnoOf(failure) === "ENOENT") return new Catalogue();
    throw failure;
  }
  return new Catalogue({ userEntries: readCatalogueFile(text, path) });
}
