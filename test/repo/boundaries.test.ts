import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../tools/process/run.ts";
import { boundaryTables, cruise, folders, type Cruise, type Violation } from "./cruise.ts";

const { layers, engine, nouns, spare } = boundaryTables();

/** A file that stands for a row of the table: the noun row is a pattern, the composition root is a file. */
function fileOf(row: string, name: string): string {
  if (row === nouns) return `src/engine/jobs/${name}.ts`;
  if (row.endsWith("[.]ts")) return `src/engine/${name}.ts`;
  return row === "src/engine" ? `src/engine/jobs/${name}.ts` : `${row}/${name}.ts`;
}

/** A planted import and the rule that must catch it; no rule: it must be let through. */
interface Plant {
  file: string;
  imports: string;
  rule?: string;
}

/** Every ordered pair of rows of a table: listed pairs must pass, all others must be caught. */
function matrix(table: Record<string, string[]>): Plant[] {
  const rows = Object.keys(table);
  return rows.flatMap((from) =>
    rows
      .filter((to) => to !== from)
      .map((to): Plant => {
        const file = fileOf(from, `imports${rows.indexOf(from)}x${rows.indexOf(to)}`);
        const path = relative(dirname(file), fileOf(to, "planted"));
        const imports = `import type { planted } from "${path.startsWith(".") ? path : `./${path}`}"; export type Seen = typeof planted;`;
        const allowed = table[from]?.includes(to) || from.endsWith("[.]ts");
        return allowed ? { file, imports } : { file, imports, rule: "not-in-allowed" };
      }),
  );
}

const single: Plant[] = [
  { file: "src/spec/alias.ts", imports: 'import "#client/planted.ts";', rule: "not-in-allowed" },
  { file: "src/cli/alias.ts", imports: 'import "#client/planted.ts";' },
  { file: "src/base/ring1.ts", imports: 'import "./ring2.ts";', rule: "no-cycle" },
  { file: "src/base/ring2.ts", imports: 'import "./ring1.ts";' },
  { file: "src/base/missing.ts", imports: 'import "./nowhere.ts";', rule: "unresolved" },
  { file: "src/base/inTest.ts", imports: 'import "../../test/planted.ts";', rule: "not-in-allowed" },
  { file: "src/base/inTools.ts", imports: 'import "../../tools/planted.ts";', rule: "not-in-allowed" },
  {
    file: "src/base/development.ts",
    imports: 'import "vitest";',
    rule: "production-code-imports-a-development-package",
  },
  {
    file: "webviews/job/value.ts",
    imports: 'import { planted } from "../../src/contract/planted.ts"; export { planted };',
    rule: "webviews-import-types-only",
  },
  { file: "webviews/job/files.ts", imports: 'import "node:fs";', rule: "not-in-allowed" },
  { file: "src/spec/files.ts", imports: 'import "node:fs";', rule: "spec-and-contract-are-pure" },
  { file: "src/contract/net.ts", imports: 'import "node:net";', rule: "spec-and-contract-are-pure" },
  { file: "src/transport/ssh/planted.ts", imports: "export {};" },
  { file: "src/transport/local/ssh.ts", imports: 'import "../ssh/planted.ts";', rule: "transports-are-strangers" },
  { file: "src/engine/compute/slurm/planted.ts", imports: "export {};" },
  {
    file: "src/engine/compute/direct/slurm.ts",
    imports: 'import "../slurm/planted.ts";',
    rule: "runners-are-strangers",
  },
  { file: "src/cli/editor.ts", imports: 'import "vscode";', rule: "only-one-folder-imports-vscode" },
  {
    file: "src/cli/languageClient.ts",
    imports: 'import "vscode-languageclient";',
    rule: "only-one-folder-imports-vscode-languageclient",
  },
  {
    file: "src/cli/languageServer.ts",
    imports: 'import "vscode-languageserver";',
    rule: "only-one-folder-imports-vscode-languageserver",
  },
  {
    file: "src/engine/jobs/database.ts",
    imports: 'import "better-sqlite3";',
    rule: "only-one-folder-imports-better-sqlite3",
  },
  { file: "src/engine/jobs/server.ts", imports: 'import "fastify";', rule: "only-one-folder-imports-fastify" },
  { file: "src/extension/page.ts", imports: 'import "react";', rule: "only-one-folder-imports-react" },
  {
    file: "webviews/job/toolkit.ts",
    imports: 'import "@vscode/webview-ui-toolkit";',
    rule: "only-one-folder-imports-@vscode/webview-ui-toolkit",
  },
];

const plants = [...matrix(layers), ...matrix(engine), ...single];

describe("planted violations", () => {
  let tree: string;
  let seen: Cruise;

  beforeAll(async () => {
    tree = mkdtempSync(join(tmpdir(), "slipway-canary-"));
    cpSync(join(root, "package.json"), join(tree, "package.json"));
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    const targets = [...Object.keys(layers), ...Object.keys(engine)].map((row) => fileOf(row, "planted"));
    for (const file of [...targets, "test/planted.ts", "tools/planted.ts"]) {
      mkdirSync(join(tree, dirname(file)), { recursive: true });
      writeFileSync(join(tree, file), "export const planted = 1;\n");
    }
    for (const { file, imports } of plants) {
      mkdirSync(join(tree, dirname(file)), { recursive: true });
      writeFileSync(join(tree, file), `${imports}\n`);
    }
    seen = await cruise(tree);
  });

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  test("every planted file is looked at", () => {
    expect(seen.files).toEqual(expect.arrayContaining(plants.map(({ file }) => file)));
  });

  test("each is caught by its rule, and nothing that is listed is", () => {
    const caught = (file: string): string[] =>
      seen.violations.filter((violation: Violation) => violation.from === file).map(({ rule }) => rule);
    const missed = plants.filter(({ file, rule }) => rule !== undefined && !caught(file).includes(rule));
    const wronged = plants.filter(({ file, rule }) => rule === undefined && caught(file).length > 0);
    expect({ missed, wronged }).toEqual({ missed: [], wronged: [] });
  });

  test("every rule of the file has a canary", async () => {
    const config = (await import(join(root, ".dependency-cruiser.cjs"))) as {
      default: { forbidden: { name: string }[] };
    };
    const names = config.default.forbidden.map(({ name }) => name);
    expect(plants.map(({ rule }) => rule)).toEqual(expect.arrayContaining([...names, "not-in-allowed"]));
  });
});

describe("the tree", () => {
  let seen: Cruise;

  beforeAll(async () => {
    seen = await cruise(root);
  });

  test("is looked at whole", () => {
    const files = folders.flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }));
    expect(files.length).toBeGreaterThan(0);
    expect(seen.files).toEqual(expect.arrayContaining(files));
  });

  test("uses every row of the table, but for those that are listed as spare", () => {
    const matcher = (row: string): RegExp => new RegExp(row.endsWith("[.]ts") ? `^${row}$` : `^${row}/`);
    const unused = [layers, engine].flatMap((table) =>
      Object.entries(table)
        .filter(([from]) => seen.files.some((file) => matcher(from).test(file)))
        .flatMap(([from, targets]) =>
          targets
            .filter((to) => !seen.edges.some((edge) => matcher(from).test(edge.from) && edge.to.search(to) === 0))
            .map((to) => `${from} <- ${to}`),
        ),
    );
    expect(unused.sort()).toEqual([...spare].sort());
  });
});
