import * as z from "zod";
import { commandComponent } from "./commandComponent.ts";
import { commandJob } from "./commandJob.ts";
import { compute } from "./compute.ts";
import { data } from "./data.ts";
import { datastore } from "./datastore.ts";
import { environment } from "./environment.ts";
import type { KnownKind } from "./kindName.ts";
import { model } from "./model.ts";
import { workspace } from "./workspace.ts";

/** The schema of each kind: the one source of its type, validation, JSON Schema and hover text. */
export const schemas = {
  "job:command": commandJob,
  "component:command": commandComponent,
  environment,
  data,
  model,
  datastore,
  compute,
  workspace,
} satisfies Record<KnownKind, z.ZodType>;

/** A JSON Schema, as far as it is read here. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  required?: string[];
  [other: string]: unknown;
}

const cache = new Map<KnownKind, JsonSchema>();

/** A key that is coerced first counts as optional for Zod's input side; what is required shows on the output side. */
function requireKeys({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema._zod.def.type !== "object") return;
  const shape = zodSchema._zod.def.shape;
  const required = Object.keys(shape).filter((key) => shape[key]!._zod.optout !== "optional");
  if (required.length > 0) jsonSchema.required = required;
  else delete jsonSchema.required;
}

/** The JSON Schema (2020-12) of a kind, for editors. It describes what is written; Azure's coercions are not in it. */
export function jsonSchemaOf(kind: KnownKind): JsonSchema {
  let schema = cache.get(kind);
  if (!schema) {
    schema = z.toJSONSchema(schemas[kind], {
      io: "input",
      unrepresentable: "any",
      override: requireKeys,
    }) as JsonSchema;
    cache.set(kind, schema);
  }
  return schema;
}

/** The schemas that can stand at a path, alternatives side by side; `value` narrows them by their `type`. */
export function schemasAt(
  kind: KnownKind,
  path: readonly (string | number)[],
  value?: (depth: number) => unknown,
): JsonSchema[] {
  let current = narrow(alternatives(jsonSchemaOf(kind)), value?.(0));
  path.forEach((step, index) => {
    const next = current.flatMap((schema) => childOf(schema, step));
    current = narrow(next.flatMap(alternatives), value?.(index + 1));
  });
  return current;
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const nested = schema.anyOf ?? schema.oneOf;
  if (!nested) return [schema];
  return nested.flatMap(alternatives).map((item) => {
    const description = item.description ?? schema.description;
    return description === undefined ? item : { ...item, description };
  });
}

function childOf(schema: JsonSchema, step: string | number): JsonSchema[] {
  if (typeof step === "number") return schema.items ? [schema.items] : [];
  const own = schema.properties;
  if (own && Object.hasOwn(own, step)) return [own[step]!];
  return typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
}

/** Keeps the alternatives whose `type` words include the value's, when any does. */
function narrow(schemas: JsonSchema[], value: unknown): JsonSchema[] {
  if (value === undefined || Array.isArray(value)) return schemas;
  if (typeof value !== "object" || value === null) {
    const scalars = schemas.filter((schema) => !schema.properties);
    return scalars.length > 0 ? scalars : schemas;
  }
  const objects = schemas.filter((schema) => schema.properties);
  const type = (value as Record<string, unknown>)["type"];
  if (typeof type !== "string" || objects.length < 2) return objects.length > 0 ? objects : schemas;
  const fitting = objects.filter((schema) => schema.properties?.["type"]?.enum?.includes(type.toLowerCase()));
  return fitting.length > 0 ? fitting : objects;
}
