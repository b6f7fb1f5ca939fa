import { join } from "node:path";
import { walkConfig } from "./configFile.ts";
import { checkHostName, type SshPlaces } from "./hostSettings.ts";

/** Names that the user's own `~/.ssh/config` gives to hosts, in its order: those of `Host` lines that are no patterns. */
export function configuredHosts(places: SshPlaces): string[] {
  const names = new Set<string>();
  const applies = ({ keyword, words }: { keyword: string; words: string[] }): boolean => {
    if (keyword === "host") for (const word of words) if (isName(word)) names.add(word);
    return true;
  };
  const { home } = places;
  walkConfig(join(home, ".ssh/config"), { home, folder: join(home, ".ssh") }, { applies, take: () => undefined });
  return [...names];
}

function isName(word: string): boolean {
  try {
    checkHostName(word);
    return true;
  } catch {
    return false;
  }
}
