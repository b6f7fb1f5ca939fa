import * as z from "zod";
import { mapping, oneOf, readOnly, text } from "./fields.ts";

/** The identity of a cloud resource (a compute, a workspace). */
export const cloudIdentity = mapping({
  type: oneOf(["system_assigned", "user_assigned", "none", "system_assigned,user_assigned"], "snake")
    .optional()
    .describe("system_assigned, user_assigned or none."),
  principal_id: readOnly,
  tenant_id: readOnly,
  user_assigned_identities: z
    .array(
      mapping({
        resource_id: text.optional().describe("ARM id of the identity."),
        client_id: readOnly,
        principal_id: readOnly,
      }),
    )
    .optional()
    .describe("The identities, for user_assigned."),
}).describe("The resource's own identity.");
