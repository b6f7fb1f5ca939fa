import * as z from "zod";
import { Name } from "../entities/creation.ts";
import { route } from "../route.ts";

const params = z.object({ workspace: Name, name: Name });

/** A Python program of a job that listens for a debugger (Debug Adapter Protocol) on loopback. */
export const DebuggedProgram = z.object({
  pid: z.number().int(),
  host: z.string(),
  port: z.number().int(),
  /** Its command line. */
  program: z.array(z.string()),
  /** Since when it listens, in milliseconds since the epoch. */
  at: z.number(),
});
export type DebuggedProgram = z.infer<typeof DebuggedProgram>;

export const JobDebugging = z.object({
  /** Submitted with `debug`: its programs listen from their first line. */
  debug: z.boolean(),
  /** The folder that the code came from, and its copy on the target; null where there is none. */
  code: z.object({ local: z.string().nullable(), remote: z.string().nullable() }),
  /** Programs that listen now, the oldest first. */
  programs: z.array(DebuggedProgram),
});
export type JobDebugging = z.infer<typeof JobDebugging>;

export const debugRoutes = {
  debugJob: route({
    method: "GET",
    path: "/api/v1/workspaces/:workspace/jobs/:name/debug",
    summary: "Where the Python programs of a job listen for a debugger.",
    params,
    reply: JobDebugging,
  }),
  attachJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs/:name/debug/attach",
    summary:
      "The job's running Python programs, or one of them, listen from now on. By ptrace: refused with the reason where the machine forbids it.",
    params,
    body: z.object({ pid: z.number().int().positive().optional() }),
    reply: JobDebugging,
  }),
  releaseJob: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/jobs/:name/debug/release",
    summary: "Programs of a job no longer wait for a debugger before their first line; they still listen.",
    params,
    reply: JobDebugging,
  }),
};
