import { knownKinds, type KnownKind } from "./kindName.ts";
import { jsonSchemaOf, type JsonSchema } from "./kinds.ts";

/** The JSON Schema of every known kind, for editors and docs. */
export function jsonSchemas(): ReadonlyMap<KnownKind, JsonSchema> {
  return new Map(knownKinds.map((kind) => [kind, jsonSchemaOf(kind)]));
}
