import { accessSchema } from "./schema/access.ts";
import { assetsSchema } from "./schema/assets.ts";
import { jobsSchema } from "./schema/jobs.ts";
import { trackingSchema } from "./schema/tracking.ts";
import { workspacesSchema } from "./schema/workspaces.ts";

/** The whole schema, one part a noun, parents before children. */
export const schema = [accessSchema, workspacesSchema, assetsSchema, trackingSchema, jobsSchema].join("\n");
