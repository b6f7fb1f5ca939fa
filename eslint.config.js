import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Rules that find bugs or keep the house style; formatting is Prettier's, unused exports are knip's. */
export default defineConfig(
  globalIgnores(["dist/", "out/", ".cache/", "coverage/", "test/fixtures/", "examples/", "python/"]),
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", { max: 20, variant: "modified" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-depth": ["error", 5],
      "max-lines": ["error", { max: 500 }],
      "max-params": ["error", 5],
      "no-console": "error",
      "no-control-regex": "off",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of literals." },
        {
          selector: "ImportDeclaration[importKind=value][source.value=zod] > ImportSpecifier[imported.name=z]",
          message: 'Write import * as z from "zod": so the bundler leaves out the 450 KB that are not used.',
        },
      ],
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],
      "object-shorthand": "error",
      "prefer-const": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true, caughtErrors: "none" },
      ],
      // Bounds that a loop has checked are plain to a reader; noUncheckedIndexedAccess makes the rest visible.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: {
      parserOptions: { project: ["./tsconfig.json", "./webviews/tsconfig.json"], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: ["test", "suite", "describe", "it"] },
      ],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Programs of the terminal that are no part of the product.
    files: ["tools/**/*.ts", "test/**/*.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs", globals: { module: "readonly", require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
