import { entryOf, type SpecNode, type YamlPath } from "../yaml/node.ts";
import { pythonStr } from "../yaml/pythonStr.ts";
import { PyFloat, type PyScalar } from "../yaml/values.ts";
import { jobOnlyKeys } from "../kinds/commandJob.ts";
import type { CheckContext } from "./context.ts";
import { checkCommand } from "./commandJob.ts";
import { checkEnvironment } from "./environment.ts";
import { checkName } from "./names.ts";
import { checkLocalPath } from "./paths.ts";
import { checkCode } from "./references.ts";

/** What the schema of a command component cannot say. */
export function checkCommandComponent(context: CheckContext): void {
  checkName(context, ["name"], "component");
  checkVersion(context);
  checkCommand(context);
  checkCode(context, ["code"]);
  checkEnvironment(context, ["environment"]);
  for (const { key } of context.entries(["inputs"])) checkParameter(context, ["inputs", key]);
  const includes = context.node(["additional_includes"]);
  if (includes?.kind === "sequence")
    includes.items.forEach((_, index) => checkInclude(context, ["additional_includes", index]));
  for (const key of jobOnlyKeys) {
    if (context.has(key)) {
      context.report(
        "ignored-key",
        "warning",
        `A component does not use '${key}'. Set it on the job or the pipeline's step.`,
        [key],
        { onKey: true },
      );
    }
  }
}

function checkVersion(context: CheckContext): void {
  const node = context.node(["version"]);
  if (node === undefined) return;
  if (node.kind !== "scalar" || node.value === null) {
    return context.report(
      "wrong-type",
      "error",
      "'version' must be text or a number. Correct it, or remove it to count up.",
      ["version"],
    );
  }
  checkName(context, ["version"], "version");
}

/** Azure takes a file with a missing include and fails when the component is created. */
function checkInclude(context: CheckContext, path: YamlPath): void {
  const local = context.string(path);
  if (local !== undefined && !local.includes("://"))
    checkLocalPath(context, path, local, { what: "additional include", missing: "later" });
}

function scalarAt(node: SpecNode | undefined, key: string): PyScalar | undefined {
  const value = entryOf(node, key)?.value;
  return value?.kind === "scalar" ? value.value : undefined;
}

function checkParameter(context: CheckContext, path: YamlPath): void {
  const node = context.node(path);
  const type = scalarAt(node, "type");
  if (node?.kind !== "mapping" || typeof type !== "string") return;
  const primitive = ["string", "integer", "number", "boolean"].includes(type);
  const standard = scalarAt(node, "default");
  if (!primitive) {
    if (standard !== undefined) {
      const message = `An input of type ${type} has no default: data is given by the job. Remove it.`;
      context.report("bad-default", "error", message, [...path, "default"], { onKey: true });
    }
    return;
  }
  for (const key of ["default", "min", "max"] as const) checkCast(context, [...path, key], type, scalarAt(node, key));
  if (type !== "integer" && type !== "number") return checkEnum(context, path, node, standard);
  const [min, max, value] = (["min", "max", "default"] as const).map((key) => numberOf(scalarAt(node, key)));
  if (min !== undefined && max !== undefined && min > max) {
    context.report(
      "out-of-range",
      "error",
      `The smallest value (${min}) is above the largest (${max}). Swap or correct them.`,
      [...path, "min"],
    );
  } else if (value !== undefined && ((min !== undefined && value < min) || (max !== undefined && value > max))) {
    const message = `The default ${value} is outside of ${min ?? "-∞"} to ${max ?? "∞"}. Correct it, or the limits.`;
    context.report("out-of-range", "error", message, [...path, "default"]);
  }
  checkEnum(context, path, node, standard);
}

function checkEnum(context: CheckContext, path: YamlPath, node: SpecNode, standard: PyScalar | undefined): void {
  const words = entryOf(node, "enum")?.value;
  if (words?.kind !== "sequence" || standard === undefined || standard === null) return;
  const allowed = words.items.map((item) => (item.kind === "scalar" ? pythonStr(item.value) : ""));
  const value = pythonStr(standard);
  if (allowed.includes(value)) return;
  const number = numberOf(standard);
  if (number !== undefined && allowed.some((word) => Number(word) === number)) return;
  context.report(
    "bad-default",
    "error",
    `The default '${value}' is not in the enum: ${allowed.join(", ")}. Choose one of them.`,
    [...path, "default"],
  );
}

/** Python's casts of a component's default: `int(float(x))`, `float(x)`, true or false. */
function checkCast(context: CheckContext, path: YamlPath, type: string, value: PyScalar | undefined): void {
  if (value === undefined || value === null) return;
  const text = pythonStr(value);
  const isNumber = numberOf(value) !== undefined;
  const wrong = (type === "integer" || type === "number") && !isNumber;
  const wrongBoolean = type === "boolean" && path.at(-1) === "default" && !/^(?:true|false)$/i.test(text);
  if (!wrong && !wrongBoolean) return;
  const article = type === "integer" ? "an" : "a";
  context.report(
    "bad-default",
    "error",
    `'${text}' is not ${article} ${type}, the type of this input. Correct the value or the type.`,
    path,
  );
}

function numberOf(value: PyScalar | undefined): number | undefined {
  if (value instanceof PyFloat) return value.value;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return undefined;
  const text = value.trim().replaceAll("_", "");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}
