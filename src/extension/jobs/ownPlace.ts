import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { SlipwayClient } from "#client/index.ts";

/** Where a line of a job's program is: the user's own file, and its path in the code that was submitted. */
export interface OwnPlace {
  own: string | undefined;
  submitted: string | undefined;
}

/** Finds a file that a log or failure names as it is called on the target. */
export async function ownPlace(
  client: SlipwayClient,
  params: { workspace: string; name: string },
  file: string,
): Promise<OwnPlace> {
  const [{ code, source_file: source }, files] = await Promise.all([
    client.showJob({ params }),
    client.listSnapshot({ params }),
  ]);
  // A path of the target ends in the path below the code folder; the longest match is the file that is meant.
  const submitted = files
    .map(({ path }) => path)
    .filter((path) => file === path || file.endsWith(`/${path}`) || path.endsWith(`/${file}`))
    .sort((a, b) => b.length - a.length)[0];
  // The code folder is written relative to the job's file.
  const root = code && source ? resolve(dirname(source), code) : code;
  const own = submitted && root && isAbsolute(root) ? join(root, submitted) : file;
  return { own: isAbsolute(own) && existsSync(own) ? own : undefined, submitted };
}
