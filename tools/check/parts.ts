/** A part of the gate: commands that pass or fail, and what to do when they fail. Slow parts stand first. */
interface Part {
  name: string;
  commands: readonly (readonly [string, ...string[]])[];
  fix: string;
}

const cache = "node_modules/.cache/gate";

export const parts: readonly Part[] = [
  {
    name: "lint",
    commands: [["eslint", ".", "--cache", "--cache-location", `${cache}/eslint/`, "--max-warnings", "0"]],
    fix: "npx eslint --fix <files>",
  },
  {
    name: "types",
    commands: [
      ["tsc", "-p", "."],
      ["tsc", "-p", "webviews"],
    ],
    fix: "the compiler's words",
  },
  {
    name: "format",
    commands: [["prettier", "--check", ".", "--cache", "--cache-location", `${cache}/prettier`, "--log-level", "warn"]],
    fix: "npm run format",
  },
  {
    name: "boundaries",
    commands: [
      ["depcruise", "--config", ".dependency-cruiser.cjs", "src", "webviews", "language-server", "tools", "test"],
    ],
    fix: "the table in .dependency-cruiser.cjs says who may import whom",
  },
  {
    name: "dead code",
    commands: [
      ["knip", "--no-progress"],
      ["knip", "--no-progress", "--production", "--include", "exports,types,files"],
    ],
    fix: "delete what nothing uses; an export for tests alone carries @internal in its comment",
  },
  {
    name: "generated",
    commands: [["node", "tools/generate.ts", "--check"]],
    fix: "npm run generate",
  },
  {
    name: "repository",
    commands: [["vitest", "run", "test/repo", "--reporter=dot"]],
    fix: "canaries of the boundaries, tested docs, file sizes: npx vitest run test/repo",
  },
];
