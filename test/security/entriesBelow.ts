import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** Everything below a folder, also while an engine at work removes some of it. Folders that `skip` names are not entered. */
export function* entriesBelow(folder: string, skip: (name: string) => boolean = () => false): Generator<Dirent> {
  for (const entry of entriesOf(folder)) {
    yield entry;
    if (entry.isDirectory() && !skip(entry.name)) yield* entriesBelow(join(folder, entry.name), skip);
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw failure;
  }
}
