import type { Globals } from "../context.ts";
import { outputFormats } from "../output/formats.ts";
import { flag, text, type Values } from "./options.ts";

/** Options of every command. Resource group and subscription name nothing here and are read past, as scripts give them. */
export const globalOptions = {
  output: text(["--output", "-o"], "How the result is printed.", { choices: outputFormats }),
  query: text("--query", "JMESPath expression that picks a part of the result."),
  workspaceName: text(["--workspace-name", "-w"], "Workspace; the default one when not given (or SLIPWAY_WORKSPACE)."),
  resourceGroup: text(["--resource-group", "-g"], "Accepted for scripts written for az; not used."),
  subscription: text("--subscription", "Accepted for scripts written for az; not used."),
  onlyShowErrors: flag("--only-show-errors", "Print nothing but errors on standard error."),
  verbose: flag("--verbose", "Say more on standard error."),
  debug: flag("--debug", "Say all, with where errors come from."),
  help: flag(["--help", "-h"], "Show this help."),
};

export function toGlobals(values: Values<typeof globalOptions>): Globals {
  return {
    output: (values.output ?? "json") as Globals["output"],
    query: values.query,
    workspace: values.workspaceName,
    resourceGroup: values.resourceGroup,
    subscription: values.subscription,
    onlyShowErrors: values.onlyShowErrors,
    verbose: values.verbose,
    debug: values.debug,
  };
}
