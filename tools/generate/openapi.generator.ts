import * as z from "zod";
import { api } from "#contract/api.ts";
import { errorCodes } from "#contract/errors.ts";
import type { Route } from "#contract/route.ts";
import type { Generator } from "./generators.ts";

const jsonSchema = (schema: z.ZodType) => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }) as Record<
    string,
    unknown
  >;
  return rest;
};

function parameters(route: Route): unknown[] {
  const of = (schema: z.ZodType, where: "path" | "query") => {
    const { properties = {}, required = [] } = jsonSchema(schema) as {
      properties?: Record<string, unknown>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, value]) => ({
      name,
      in: where,
      required: where === "path" || required.includes(name),
      schema: value,
    }));
  };
  return [...of(route.params, "path"), ...of(route.query, "query")];
}

function reply(route: Route): Record<string, unknown> {
  if (route.reply === "bytes") return { "application/octet-stream": { schema: { type: "string", format: "binary" } } };
  if (route.reply === "events") return { "text/event-stream": { schema: { type: "string" } } };
  return { "application/json": { schema: jsonSchema(route.reply) } };
}

function operation(name: string, route: Route): Record<string, unknown> {
  const body = jsonSchema(route.body) as { properties?: object };
  const hasBody = Object.keys(body.properties ?? {}).length > 0;
  return {
    operationId: name,
    summary: route.summary,
    parameters: parameters(route),
    ...(hasBody ? { requestBody: { content: { "application/json": { schema: body } } } } : {}),
    responses: {
      200: { description: "Done.", content: reply(route) },
      default: {
        description: "An error.",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function run(): Map<string, string> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(api) as [string, Route][]) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  const error = {
    type: "object",
    properties: {
      error: {
        type: "object",
        properties: {
          code: { enum: Object.keys(errorCodes) },
          message: { type: "string" },
          next: { type: "string" },
          details: { type: "object" },
        },
      },
    },
  };
  const document = {
    openapi: "3.1.0",
    info: { title: "Slipway engine", version: "1" },
    paths,
    components: { schemas: { Error: error } },
  };
  return new Map([["docs/reference/openapi.json", JSON.stringify(document)]]);
}

/** The engine's API for clients that are not ours, from the route table. */
export default { name: "openapi", run } satisfies Generator;
