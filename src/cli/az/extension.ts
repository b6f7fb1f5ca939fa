import { findBundle } from "#client/engine/bundle.ts";
import { slipwayError } from "#contract/errors.ts";
import type { Context } from "../context.ts";
import { command, type Command, type Verbs } from "../parse/command.ts";
import { flag, text } from "../parse/options.ts";
import { UsageError } from "../parse/usageError.ts";

/** The language that is spoken here: the second version of `az ml`, nothing newer is claimed. */
const mlVersion = "2.0.0";
const notUsed = "Accepted for scripts written for az; not used.";
const ml = { name: "ml", version: mlVersion, extensionType: "builtin", experimental: false, preview: false };

const options = {
  name: text(["--name", "-n"], "The extension."),
  yes: flag(["--yes", "-y"], notUsed),
  upgrade: flag(["--upgrade", "-u"], notUsed),
  version: text("--version", notUsed),
  source: text(["--source", "-s"], "Accepted when it is a package of ml."),
  allowPreview: flag("--allow-preview", notUsed),
  system: flag("--system", notUsed),
};

function bringing(summary: string): Command {
  return command({
    summary,
    options,
    run: (context, { name, source }) => {
      const wanted = name ?? (source === undefined || /(^|[/\\])(azure_cli_)?ml-/.test(source) ? "ml" : source);
      if (wanted !== "ml") {
        throw slipwayError("unavailable", `Slipway has no az extension '${wanted}': nothing was installed.`, {
          next: "Its commands would not be there. Only `ml` is, and it is built in.",
        });
      }
      context.notice("`az ml` is built into Slipway: there is nothing to install.");
      return Promise.resolve(undefined);
    },
  });
}

export const verbs: Verbs = {
  add: bringing("Done at once for `ml`, which is built in; others are refused."),
  update: bringing("Done at once for `ml`, which is built in; others are refused."),
  remove: command({
    summary: "Nothing is removed: `ml` is built in, others are not there.",
    options: { name: options.name },
    run: (context, { name }) => {
      context.notice(
        name === "ml" ? "`az ml` is built in and stays." : `There is no extension '${name ?? ""}' to remove.`,
      );
      return Promise.resolve(undefined);
    },
  }),
  list: command({ summary: "List the one extension that there is.", run: () => Promise.resolve({ value: [ml] }) }),
  show: command({
    summary: "Show the extension `ml`.",
    options: { name: options.name },
    run: (_context, { name }) => {
      if (name === undefined) throw new UsageError("the following arguments are required: --name/-n");
      if (name === "ml") return Promise.resolve({ value: ml });
      throw slipwayError("not-found", `The extension ${name} is not installed.`, { next: "Only `ml` is, built in." });
    },
  }),
};

export const version: Command = command({
  summary: "Show what answers here, in the form of `az version`.",
  details: `\`azure-cli\` and the extension \`ml\` are given as ${mlVersion}, the second version of the language.`,
  run: (context: Context) => {
    const slipway = findBundle(context.from)?.version ?? "not built";
    return Promise.resolve({ value: { "azure-cli": mlVersion, extensions: { ml: mlVersion }, slipway } });
  },
});
