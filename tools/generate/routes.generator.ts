import { api } from "#contract/api.ts";
import type { Generator } from "./generators.ts";

/** Method, path and kind of reply of each route, so that a client needs no schema to make a call. */
const generator: Generator = {
  name: "client routes",
  run: () => {
    const rows = Object.entries(api).map(([name, { method, path, reply }]) => {
      const kind = typeof reply === "string" ? reply : "json";
      return `${name}: { method: ${JSON.stringify(method)}, path: ${JSON.stringify(path)}, reply: ${JSON.stringify(kind)} },`;
    });
    return new Map([
      [
        "src/client/routeTable.ts",
        `// Generated from src/contract/api.ts by \`npm run generate\`. Do not edit.
import type { Api } from "#contract/api.ts";

/** What a call needs of its route. The schemas stay behind: loading them costs more than most calls. */
export interface RouteRow {
  method: string;
  path: string;
  reply: "json" | "bytes" | "events";
}

export const routeTable: Readonly<Record<keyof Api, RouteRow>> = {
${rows.join("\n")}
};
`,
      ],
    ]);
  },
};

export default generator;
