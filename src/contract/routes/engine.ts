import * as z from "zod";
import { EngineStatus } from "../entities/asset.ts";
import { flag, route } from "../route.ts";

export const engineRoutes = {
  engineStatus: route({
    method: "GET",
    path: "/api/v1/engine",
    summary: "What engine this is and how it does.",
    reply: EngineStatus,
  }),
  engineStop: route({
    method: "POST",
    path: "/api/v1/engine/stop",
    summary: "Ends the engine. Jobs go on; the next engine finds them again.",
    body: z.object({ reason: z.string().default("") }),
    reply: z.object({ pid: z.number() }),
  }),
  examineStore: route({
    method: "GET",
    path: "/api/v1/engine/store",
    summary: "The schema of the store, SQLite's check of it, and how many rows its tables have.",
    reply: z.object({
      schema_version: z.number().int(),
      sqlite: z.string(),
      journal_mode: z.string(),
      page_bytes: z.number(),
      quick_check: z.array(z.string()),
      tables: z.array(z.object({ name: z.string(), rows: z.number().int() })),
    }),
  }),
  collectGarbage: route({
    method: "POST",
    path: "/api/v1/engine/gc",
    summary: "Removes what nothing refers to any more and says the bytes freed.",
    body: z.object({
      dry_run: z.boolean().default(false),
      environments_unused_days: z.number().nonnegative().default(30),
      /** What was deleted can be restored for so many days. */
      deleted_days: z.number().nonnegative().default(30),
    }),
    reply: z.object({
      dry_run: z.boolean(),
      bytes_freed: z.number(),
      removed: z.array(z.object({ what: z.string(), count: z.number(), bytes: z.number() })),
      /** Jobs and runs that are old or deleted enough and stay, and why. */
      kept: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
  }),
  events: route({
    method: "GET",
    path: "/api/v1/events",
    summary: "Server-sent events of this engine; resume with Last-Event-ID.",
    query: z.object({ workspace: z.string().optional(), logs: flag.optional() }),
    reply: "events",
  }),
};
