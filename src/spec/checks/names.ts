import type { YamlPath } from "../yaml/node.ts";
import { isPlaceholder, type CheckContext } from "./context.ts";

interface NameRule {
  pattern: RegExp;
  rule: string;
}

export const nameRules = {
  asset: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/,
    rule: "letters, digits, '-', '_' and '.', at most 255, beginning with a letter or digit",
  },
  job: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$/,
    rule: "letters, digits, '-' and '_', at most 255, beginning with a letter or digit",
  },
  component: {
    pattern: /^[a-z][a-z0-9_]{0,254}$/,
    rule: "lower case letters, digits and '_', beginning with a letter",
  },
  compute: { pattern: /^[A-Za-z][A-Za-z0-9_-]{0,62}$/, rule: "letters, digits and '-', beginning with a letter" },
  datastore: { pattern: /^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$/, rule: "letters, digits and '_'" },
  workspace: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/,
    rule: "letters, digits, '-' and '_', beginning with a letter or digit",
  },
  version: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/,
    rule: "letters, digits, '-', '_' and '.', beginning with a letter or digit",
  },
} satisfies Record<string, NameRule>;

/** Refuses a name that the service would refuse. A placeholder of a template is a warning: the loader takes it. */
export function checkName(context: CheckContext, path: YamlPath, which: keyof typeof nameRules): void {
  const name = context.string(path);
  if (name === undefined) return;
  const { pattern, rule } = nameRules[which];
  if (pattern.test(name)) return;
  const key = String(path.at(-1));
  if (isPlaceholder(name) && which !== "component") {
    return context.report(
      "placeholder",
      "warning",
      `'${name}' is a placeholder. Fill in the ${key} before you use this file.`,
      path,
    );
  }
  const code = which === "version" ? "bad-version" : "bad-name";
  context.report(code, "error", `'${name}' cannot be a ${key}: use ${rule}.`, path);
}
