import { globSync } from "node:fs";
import { basename, join } from "node:path";

/** A generator makes whole files: path from the repository's root → content (Prettier formats it afterwards). */
export interface Generator {
  name: string;
  run(): Map<string, string> | Promise<Map<string, string>>;
}

/**
 * Every `tools/generate/<what>.generator.ts`; each has `export default {name, run}` of type {@link Generator}.
 * A generator reads typed tables (contributions, routes, error codes, kinds) and never the tree that it writes,
 * except for a file of which it owns one part only, as package.json.
 */
export async function findGenerators(): Promise<Generator[]> {
  const files = globSync("*.generator.ts", { cwd: import.meta.dirname }).sort();
  return Promise.all(
    files.map(async (file) => {
      const { default: generator } = (await import(join(import.meta.dirname, file))) as { default?: Generator };
      if (generator === undefined) throw new Error(`tools/generate/${basename(file)} has no default export`);
      return generator;
    }),
  );
}
