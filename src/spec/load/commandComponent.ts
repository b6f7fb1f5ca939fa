import type { CommandComponentFile } from "../kinds/commandComponent.ts";
import { pythonStr } from "../yaml/pythonStr.ts";
import { PyFloat, type PyScalar, type PyValue } from "../yaml/values.ts";
import type { ComponentInput, Literal, LoadedCommandComponent } from "./loaded.ts";
import { compact, environmentOf, literalOf, locate, plainRecord, textDictionary, type LoadContext } from "./parts.ts";

/** A command component, its defaults cast to their types. */
export function loadCommandComponent(file: CommandComponentFile, context: LoadContext): LoadedCommandComponent {
  return compact({
    kind: "component:command" as const,
    name: file.name,
    version: file.version === undefined ? undefined : pythonStr(file.version as PyValue),
    displayName: file.display_name,
    description: file.description,
    tags: textDictionary(file.tags),
    properties: textDictionary(file.properties),
    isDeterministic: file.is_deterministic ?? true,
    command: file.command,
    code: file.code === undefined ? undefined : locate(context, file.code),
    environment: environmentOf(context, file.environment),
    resources: plainRecord(file.resources),
    distribution: plainRecord(file.distribution),
    queueSettings: plainRecord(file.queue_settings),
    additionalIncludes: (file.additional_includes ?? []).map((include) => locate(context, include).path),
    inputs: Object.fromEntries(Object.entries(file.inputs ?? {}).map(([name, input]) => [name, inputOf(input)])),
    outputs: Object.fromEntries(
      Object.entries(file.outputs ?? {}).map(([name, { type, description, mode }]) => [
        name,
        compact({ type, description, mode }),
      ]),
    ),
  }) as LoadedCommandComponent;
}

type FileInput = NonNullable<CommandComponentFile["inputs"]>[string];

function inputOf(input: FileInput): ComponentInput {
  const limits = "min" in input || "max" in input || "enum" in input ? input : {};
  const { min, max, enum: words } = limits as { min?: PyScalar; max?: PyScalar; enum?: string[] };
  return compact({
    type: input.type,
    optional: input.optional ?? false,
    description: input.description,
    default: input.default === undefined ? undefined : castDefault(input.type, input.default),
    min: min === undefined ? undefined : Number(pythonStr(min)),
    max: max === undefined ? undefined : Number(pythonStr(max)),
    enum: words,
    mode: "mode" in input ? input.mode : undefined,
  }) as ComponentInput;
}

/** Azure's cast of a component's default: `float(x)`, `int(float(x))`, true or false, `str(x)`. A value of the type stays. */
function castDefault(type: string, value: PyScalar): Literal {
  const number =
    value instanceof PyFloat ? value.value : Number(pythonStr(value).replace("True", "1").replace("False", "0"));
  if (type === "number") return literalOf(new PyFloat(number));
  if (type === "integer") return typeof value === "bigint" ? literalOf(value) : literalOf(Math.trunc(number));
  if (type === "boolean") return literalOf(typeof value === "boolean" ? value : /^true$/i.test(pythonStr(value)));
  return literalOf(pythonStr(value));
}
