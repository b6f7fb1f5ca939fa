import { entryOf, type YamlPath } from "../yaml/node.ts";
import { checkBindings, type BindingScope } from "./bindings.ts";
import type { CheckContext } from "./context.ts";
import { checkEnvironment } from "./environment.ts";
import { checkName } from "./names.ts";
import { checkCode, checkCompute, checkDataPath, checkOutputPath } from "./references.ts";

/** What the schema of a command job cannot say: paths, references, bindings, names. */
export function checkCommandJob(context: CheckContext): void {
  checkName(context, ["name"], "job");
  checkCommand(context);
  checkCode(context, ["code"]);
  checkEnvironment(context, ["environment"]);
  checkCompute(context, ["compute"]);
  for (const { key, value } of context.entries(["inputs"])) {
    const path: YamlPath = ["inputs", key];
    if (value.kind !== "mapping" || entryOf(value, "value")) continue;
    if (entryOf(value, "path")) checkDataPath(context, [...path, "path"], "input");
    else {
      const message = `The input '${key}' has no 'path'. Add it, or give it with --set inputs.${key}.path=….`;
      context.report("missing-key", "error", message, path, { onKey: true });
    }
  }
  for (const { key } of context.entries(["outputs"])) {
    checkOutputPath(context, ["outputs", key, "path"]);
    checkName(context, ["outputs", key, "name"], "asset");
    if (context.node(["outputs", key, "version"]) && !context.node(["outputs", key, "name"])) {
      const message = `The output '${key}' has a version and no name to register it under. Add 'name'.`;
      context.report("missing-key", "error", message, ["outputs", key, "version"], { onKey: true });
    }
  }
  checkInstanceCounts(context);
}

/** The command and the other texts that its inputs and outputs are rendered into. */
export function checkCommand(context: CheckContext): void {
  const scope: BindingScope = {
    inputs: context.entries(["inputs"]).map((entry) => entry.key),
    outputs: context.entries(["outputs"]).map((entry) => entry.key),
  };
  if (context.string(["command"])?.trim() === "") {
    context.report("missing-key", "error", "The command is empty. Write what to run.", ["command"]);
  }
  checkBindings(context, ["command"], scope);
  for (const { key } of context.entries(["environment_variables"]))
    checkBindings(context, ["environment_variables", key], scope);
}

function checkInstanceCounts(context: CheckContext): void {
  const most = context.node(["resources", "max_instance_count"]);
  const count = context.node(["resources", "instance_count"]);
  if (most?.kind !== "scalar" || count?.kind !== "scalar") return;
  if (typeof most.value === "number" && typeof count.value === "number" && most.value < count.value) {
    const message = `max_instance_count (${most.value}) is below instance_count (${count.value}). Raise it, or lower the other.`;
    context.report("out-of-range", "error", message, ["resources", "max_instance_count"]);
  }
}
