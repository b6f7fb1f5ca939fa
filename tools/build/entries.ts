import { existsSync, globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";

/** One esbuild run. `name` is what the build prints. */
export interface Bundle {
  name: string;
  options: BuildOptions;
}

const node: BuildOptions = {
  platform: "node",
  bundle: true,
  minify: true,
  keepNames: true, // a stack trace in a log stays readable
  legalComments: "none",
  logLevel: "silent",
};

/** CommonJS packages inside an ES module bundle still call `require` and look where they lie. */
const requireInModule = {
  js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url); const __dirname = import.meta.dirname;',
};

/** Packages that the extension loads only when it needs them: even to compile them would make every activation slower. */
const extensionPackages: Readonly<Record<string, string>> = {
  "vscode-languageclient/node": "languageClient",
  yaml: "yaml",
  zod: "zod",
};

const lazyPackages: Plugin = {
  name: "lazy packages",
  setup(build) {
    const filter = new RegExp(`^(?:${Object.keys(extensionPackages).join("|")})$`);
    build.onResolve({ filter }, ({ path }) => ({ path: `./extension/${extensionPackages[path]}.cjs`, external: true }));
  },
};

/** Zod carries its messages in fifty languages, which a bundle of the whole package would keep. Nothing of ours chooses one. */
const zodInEnglish: Plugin = {
  name: "zod in English",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/locales\/index\.c?js$/ }, ({ importer }) =>
      /[\\/]zod[\\/]v4[\\/]/.test(importer) ? { path: "locales", namespace: "zod" } : undefined,
    );
    build.onLoad({ filter: /^locales$/, namespace: "zod" }, () => ({ contents: "export {};", loader: "js" }));
  },
};

/**
 * What is built, found by convention so that a new worker, command or panel needs no edit here:
 *
 * | source | output |
 * |---|---|
 * | `src/extension/extension.ts` | `dist/extension.cjs`, packages that it loads late: `dist/extension/<package>.cjs` |
 * | `src/web/webExtension.ts` (no Node) | `dist/web/extension.cjs` |
 * | `language-server/main.ts` | `dist/language-server.cjs` |
 * | `src/cli/main.ts` (imports commands lazily) | `dist/cli/slipway.js` and its chunks |
 * | `src/engine/main.ts`, `src/engine/<folder>/<name>Worker.ts` | `dist/engine/main.js`, `dist/engine/<folder>/<name>Worker.js`, what they share: `dist/engine/chunk-*.js` |
 * | `webviews/<panel>/main.tsx` | `dist/webviews/<panel>.js`, `.css`, what they share: `dist/webviews/chunks/` |
 */
export function findBundles(root: string, outDir: string): Bundle[] {
  const bundles: Bundle[] = [];
  const has = (path: string): boolean => existsSync(join(root, path));

  if (has("src/extension/extension.ts")) {
    bundles.push({
      name: "extension",
      options: {
        ...node,
        entryPoints: ["src/extension/extension.ts"],
        outfile: join(outDir, "extension.cjs"),
        format: "cjs",
        target: "node20",
        external: ["vscode"],
        plugins: [lazyPackages],
        supported: { "dynamic-import": false }, // VS Code answers `require("vscode")` only below a `require`
      },
    });
    bundles.push({
      name: "extension's packages",
      options: {
        ...node,
        keepNames: false, // nothing of ours is in them
        plugins: [zodInEnglish],
        entryPoints: Object.entries(extensionPackages).map(([name, file]) => ({ in: name, out: file })),
        outdir: join(outDir, "extension"),
        outExtension: { ".js": ".cjs" },
        format: "cjs",
        target: "node20",
        external: ["vscode"],
      },
    });
  }
  if (has("src/web/webExtension.ts")) {
    bundles.push({
      name: "web extension",
      options: {
        ...node,
        platform: "browser", // a Node built-in in it does not build
        keepNames: false,
        plugins: [zodInEnglish],
        entryPoints: ["src/web/webExtension.ts"],
        outfile: join(outDir, "web/extension.cjs"), // a plain ".js" would be taken for a module, by package.json
        format: "cjs",
        target: "es2022",
        external: ["vscode"],
      },
    });
  }
  if (has("language-server/main.ts")) {
    bundles.push({
      name: "language server",
      options: {
        ...node,
        entryPoints: ["language-server/main.ts"],
        outfile: join(outDir, "language-server.cjs"),
        format: "cjs",
        plugins: [lazyPackages], // one copy for the extension and for this
        target: "node20",
      },
    });
  }
  if (has("src/cli/main.ts")) {
    bundles.push({
      name: "cli",
      options: {
        ...node,
        entryPoints: { slipway: "src/cli/main.ts" },
        outdir: join(outDir, "cli"),
        format: "esm",
        splitting: true,
        chunkNames: "chunks/[name]-[hash]",
        target: "node20",
        banner: { js: `#!/usr/bin/env node\n${requireInModule.js}` },
      },
    });
  }
  const engine = [
    ...(has("src/engine/main.ts") ? ["src/engine/main.ts"] : []),
    ...globSync("src/engine/**/*Worker.ts", { cwd: root }).sort(),
  ];
  if (engine.length > 0) {
    bundles.push({
      name: "engine",
      options: {
        ...node,
        entryPoints: engine,
        outbase: "src/engine",
        outdir: join(outDir, "engine"),
        format: "esm",
        splitting: true,
        chunkNames: "chunk-[hash]", // beside main.js: what looks for a worker or for build.json looks from there
        target: "node22",
        // What ssh2 is faster with where somebody has compiled it; it does without.
        external: ["better-sqlite3", "cpu-features", "*/sshcrypto.node"],
        banner: requireInModule,
      },
    });
  }
  const panels = globSync("webviews/*/main.tsx", { cwd: root }).sort();
  if (panels.length > 0) {
    bundles.push({
      name: "webviews",
      options: {
        entryPoints: Object.fromEntries(panels.map((path) => [basename(dirname(path)), path])),
        outdir: join(outDir, "webviews"),
        platform: "browser",
        bundle: true,
        minify: true,
        format: "esm",
        splitting: true,
        chunkNames: "chunks/[hash]",
        target: "es2022",
        jsx: "automatic",
        define: { "process.env.NODE_ENV": '"production"' },
        loader: { ".woff2": "file", ".ttf": "file", ".svg": "dataurl" },
        legalComments: "none",
        logLevel: "silent",
      },
    });
  }
  return bundles;
}
