import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { errnoOf } from "#base/errors.ts";
import { safeArtifactPath } from "../core/mlflow/artifactPath.ts";
import type { ForeignFault, ForeignFile } from "../core/mlflow/foreign.ts";

const deepest = 100;
const mostFiles = 1_000_000;

export interface FoundArtifacts {
  files: ForeignFile[];
  faults: ForeignFault[];
}

/**
 * Finds the artifacts of runs and models on this machine. Only what lies below one of the roots is taken, whatever a
 * store says: a location that leads elsewhere would bring private files into the store. No link is followed.
 */
export class LocalArtifacts {
  readonly #roots: string[];

  constructor(roots: readonly string[]) {
    this.#roots = roots.flatMap((root) => {
      try {
        return [realpathSync(root)];
      } catch {
        return [];
      }
    });
  }

  /** The files at the first of these places that is there. `uri` is what the store says, for the messages. */
  find(uri: string, places: readonly string[]): FoundArtifacts {
    const outside: string[] = [];
    for (const place of places) {
      let real: string;
      try {
        real = realpathSync(place);
      } catch {
        continue;
      }
      if (this.#roots.some((root) => real === root || real.startsWith(root + sep))) return walk(real);
      outside.push(place);
    }
    const [place] = outside;
    if (place === undefined) return { files: [], faults: [] };
    const reason =
      "These artifacts lie outside of the store's folder; name their folder with --artifacts to take them.";
    return { files: [], faults: [{ kind: "fault", place: uri, reason }] };
  }

  /** Where a location of the store may lie here: as it is, or below a root for a server's own scheme. */
  placesOf(uri: string): string[] {
    if (uri.startsWith("mlflow-artifacts:")) {
      const path = uri.slice("mlflow-artifacts:".length).replace(/^\/\/[^/]*/, "");
      const parts = path.split("/").filter(Boolean);
      return parts.includes("..") ? [] : this.#roots.map((root) => join(root, ...parts));
    }
    if (uri.startsWith("file:")) {
      try {
        return [fileURLToPath(uri)];
      } catch {
        return [];
      }
    }
    return uri.startsWith("/") ? [uri] : [];
  }
}

/** Whether files of this location can lie on this machine at all. */
export function isLocal(uri: string): boolean {
  return /^(\/|file:|mlflow-artifacts:)/.test(uri);
}

function walk(root: string): FoundArtifacts {
  const found: FoundArtifacts = { files: [], faults: [] };
  const fault = (place: string, reason: string) => found.faults.push({ kind: "fault", place, reason });
  const visit = (below: string, depth: number): void => {
    let names: string[];
    try {
      names = readdirSync(join(root, below)).sort();
    } catch (thrown) {
      fault(join(root, below), `It cannot be read (${errnoOf(thrown)}).`);
      return;
    }
    if (depth > deepest) {
      fault(join(root, below), "Folders lie too deep within each other.");
      return;
    }
    for (const name of names) {
      const path = below === "" ? name : `${below}/${name}`;
      const source = join(root, path);
      const stats = lstatSync(source);
      if (stats.isDirectory()) visit(path, depth + 1);
      else if (!stats.isFile()) fault(source, stats.isSymbolicLink() ? "It is a link." : "It is no plain file.");
      else if (found.files.length >= mostFiles) fault(source, `There are more than ${mostFiles} files.`);
      else if (isSafe(path)) found.files.push({ path, bytes: stats.size, source });
      else fault(source, "Its name cannot be one of an artifact.");
    }
  };
  visit("", 0);
  return found;
}

function isSafe(path: string): boolean {
  try {
    return safeArtifactPath(path) === path;
  } catch {
    return false;
  }
}
