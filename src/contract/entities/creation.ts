import * as z from "zod";

/** Who made a thing and when, as `az ml` prints it. Times are ISO 8601 in UTC. */
export const CreationContext = z.object({
  created_at: z.string(),
  created_by: z.string(),
  created_by_type: z.string(),
  last_modified_at: z.string().optional(),
  last_modified_by: z.string().optional(),
});
export type CreationContext = z.infer<typeof CreationContext>;

/** Names of workspaces, jobs and assets, as Azure ML accepts them. */
export const Name = z
  .string()
  .min(1)
  .max(255)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    "a name begins with a letter or digit and holds letters, digits, '-', '_' and '.'",
  );
