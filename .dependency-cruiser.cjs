/**
 * Who may import whom. What is not listed is forbidden; a row that nothing uses fails the check
 * (`test/repo/boundaries.test.ts` plants one violation per row, see also CONTRIBUTING.md).
 */
const layers = {
  "src/base": [],
  "src/spec": ["src/base"],
  "src/contract": ["src/base", "src/spec"],
  "src/client": ["src/base", "src/contract"],
  "src/transport": ["src/base"],
  "src/engine": ["src/base", "src/spec", "src/contract", "src/transport"],
  "src/gateway": ["src/base", "src/contract", "src/transport"],
  "src/cli": ["src/base", "src/spec", "src/contract", "src/client"],
  "src/extension": ["src/base", "src/contract", "src/client"],
  // Without Node there is no language server to ask.
  "src/web": ["src/spec", "src/extension"],
  webviews: ["src/base", "src/spec", "src/contract"],
  "language-server": ["src/base", "src/spec", "src/contract", "src/client"],
};

/** Inside the engine a folder imports only what stands left of it; a noun is any folder not named here. */
const nouns = "src/engine/(?!core/|store/|compute/|scheduler/|http/)[^/]+";
const engine = {
  "src/engine/core": [],
  "src/engine/store": ["src/engine/core"],
  "src/engine/compute": ["src/engine/core"],
  [nouns]: ["src/engine/core", "src/engine/store", "src/engine/compute"],
  "src/engine/scheduler": ["src/engine/core", "src/engine/store", "src/engine/compute", nouns],
  "src/engine/http": ["src/engine/core", "src/engine/store", "src/engine/compute", nouns, "src/engine/scheduler"],
  // The composition root: the files that lie directly in src/engine.
  "src/engine/[^/]+[.]ts": ["src/engine/[^/]+"],
};

/** Rows that the design allows and no import uses yet. Using one is fine: take it off this list in the same change. */
const spare = [
  "src/spec <- src/base",
  "src/contract <- src/spec",
  "webviews <- src/base",
  "webviews <- src/spec",
  "language-server <- src/base",
  "language-server <- src/client",
  "src/engine/compute <- src/engine/core",
];

/** Packages that one folder alone may import. */
const seams = {
  vscode: "src/(extension|web)/",
  "vscode-languageclient": "src/extension/",
  "vscode-languageserver": "language-server/",
  "better-sqlite3": "src/engine/store/",
  fastify: "src/engine/(http/|[^/]+[.]ts$)",
  react: "webviews/",
  "@vscode/webview-ui-toolkit": "webviews/shared/ui/",
};

const inside = (path) => (path.endsWith("[.]ts") ? `^${path}$` : `^${path}/`);
const installed = ["npm", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "unknown"];

/** One allowed row: everything that `from` may import from `to`. */
const row = (from, to) => ({ from: { path: inside(from) }, to: { path: inside(to) }, comment: `${from} <- ${to}` });

const folderRows = (table) =>
  Object.entries(table).flatMap(([from, targets]) => [
    { from: { path: inside(from) }, to: { path: inside(from) }, comment: `${from} <- itself` },
    ...targets.map((to) => row(from, to)),
  ]);

const outer = folderRows(Object.fromEntries(Object.entries(layers).filter(([from]) => from !== "src/engine")));
const engineOuter = layers["src/engine"].map((to) => row("src/engine", to));

module.exports = {
  allowedSeverity: "error",
  allowed: [
    ...outer,
    ...engineOuter,
    ...folderRows(engine),
    { from: { path: "^(test|tools)/" }, to: {}, comment: "test, tools <- anything" },
    {
      from: { path: "^(src|language-server)/" },
      to: { dependencyTypes: ["core", ...installed, "npm-dev"] },
      comment: "packages and Node itself",
    },
    { from: { path: "^webviews/" }, to: { dependencyTypes: installed }, comment: "packages, in the browser" },
    { from: { path: "^webviews/" }, to: { path: "[.]css$" }, comment: "styles" },
  ],
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "unresolved",
      severity: "error",
      from: { path: "^(src|webviews|language-server)/" },
      to: { couldNotResolve: true, pathNot: "^vscode$" },
    },
    {
      name: "production-code-imports-a-development-package",
      severity: "error",
      from: { path: "^(src|webviews|language-server)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "(^|/)(@types/)?vscode(/|$)" },
    },
    {
      name: "webviews-import-types-only",
      severity: "error",
      from: { path: "^webviews/" },
      to: { path: "^src/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "spec-and-contract-are-pure",
      severity: "error",
      from: { path: "^src/(spec|contract)/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(path|url|crypto|buffer)(/|$)" },
    },
    {
      name: "transports-are-strangers",
      severity: "error",
      from: { path: "^src/transport/([^/]+)/" },
      to: { path: "^src/transport/[^/]+/", pathNot: "^src/transport/$1/" },
    },
    {
      name: "runners-are-strangers",
      severity: "error",
      from: { path: "^src/engine/compute/([^/]+)/" },
      to: { path: "^src/engine/compute/[^/]+/", pathNot: "^src/engine/compute/$1/" },
    },
    ...Object.entries(seams).map(([name, owner]) => ({
      name: `only-one-folder-imports-${name}`,
      severity: "error",
      from: { path: "^(src|webviews|language-server)/", pathNot: `^${owner}` },
      to: { path: `(^|node_modules/)(@types/)?${name}(/|$)` },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(test/fixtures|dist|out)/" },
    moduleSystems: ["es6", "cjs"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".json", ".d.ts"],
    },
  },
};

// For the canaries; hidden from dependency-cruiser, which refuses properties it does not know.
Object.defineProperty(module.exports, "tables", { value: { layers, engine, nouns, spare, seams }, enumerable: false });
