import { globSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** One line of an ssh_config file: a keyword in lower case and its words. */
export interface ConfigLine {
  keyword: string;
  words: string[];
}

/** Deeper than OpenSSH goes; a file that includes itself ends here. */
const mostIncludes = 16;

/** The lines of an ssh_config file. A file that cannot be read has none. */
function readConfig(path: string): ConfigLine[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return parseConfig(text);
}

function parseConfig(text: string): ConfigLine[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const found = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line);
    return found ? [{ keyword: (found[1] as string).toLowerCase(), words: splitWords(found[2] as string) }] : [];
  });
}

/** Words separated by blanks; double quotes keep blanks together; an unquoted `#` begins a comment. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (plain?.startsWith("#")) break;
    words.push(quoted ?? (plain as string));
  }
  return words;
}

/** Files that an `Include` names: relative to the folder of the file's kind, with `~` and wildcards. */
function included(words: readonly string[], places: { home: string; folder: string }): string[] {
  return words.flatMap((word) => {
    const named = word.startsWith("~/") ? join(places.home, word.slice(2)) : word;
    return globSync(isAbsolute(named) ? named : join(places.folder, named)).sort();
  });
}

/** Goes through a file and what it includes, in order. `visit` says of each `Host` or `Match` line whether its block applies. */
export function walkConfig(
  path: string,
  places: { home: string; folder: string },
  visit: { applies: (line: ConfigLine) => boolean; take: (line: ConfigLine) => void },
  depth = 0,
  outer = true,
): void {
  let active = outer;
  for (const line of readConfig(path)) {
    if (line.keyword === "host" || line.keyword === "match") active = outer && visit.applies(line);
    else if (line.keyword !== "include") {
      if (active) visit.take(line);
    } else if (active && depth < mostIncludes) {
      for (const file of included(line.words, places)) walkConfig(file, places, visit, depth + 1, active);
    }
  }
}
