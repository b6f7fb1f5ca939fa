import type { LoadedCommandComponent, LoadedEnvironmentField } from "#spec/index.ts";
import { environmentDocument } from "./environmentDocument.ts";

/** A command component by its YAML keys, with Azure's defaults. */
export function componentDocument(component: LoadedCommandComponent): Record<string, unknown> {
  const { displayName, isDeterministic, command, code, resources, distribution, queueSettings } = component;
  return defined({
    type: "command",
    display_name: displayName,
    is_deterministic: isDeterministic,
    command,
    code: code?.given,
    environment: environmentOf(component.environment),
    inputs: Object.fromEntries(
      Object.entries(component.inputs).map(([name, input]) => [
        name,
        defined({ ...input, optional: input.optional || undefined, default: input.default?.text }),
      ]),
    ),
    outputs: component.outputs,
    resources,
    distribution,
    queue_settings: queueSettings,
    additional_includes: component.additionalIncludes.length > 0 ? component.additionalIncludes : undefined,
  });
}

function environmentOf(environment: LoadedEnvironmentField): unknown {
  return environment.kind === "reference" ? environment.given : environmentDocument(environment);
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
