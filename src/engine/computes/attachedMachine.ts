import * as z from "zod";

/** How an attached machine is reached; kept in a compute's document under `slipway`. */
const AttachedMachine = z.object({
  ssh: z.object({
    /** A name of `~/.ssh/config`, or a host's own name or address. */
    host: z.string(),
    user: z.string().optional(),
    port: z.number().int().optional(),
    identity_file: z.string().optional(),
  }),
  /** Slipway's folder on the machine. */
  root: z.string(),
  /** Interpreter of the launcher there. */
  python: z.string(),
});
export type AttachedMachine = z.infer<typeof AttachedMachine>;

/** The machine that a compute's document was attached to; undefined for a name that stands for another target. */
export function attachedMachine(document: Readonly<Record<string, unknown>>): AttachedMachine | undefined {
  return AttachedMachine.safeParse(document["slipway"]).data;
}
