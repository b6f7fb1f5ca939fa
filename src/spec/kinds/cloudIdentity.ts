import * as z from "zod";
import { dictionaryOf, mapping, oneOf, readOnly, text } from "./fields.ts";

const type = oneOf(["system_assigned", "user_assigned", "none", "system_assigned,user_assigned"], "snake").describe(
  "system_assigned, user_assigned or none.",
);

/** The identity of a compute: its user assigned identities are a list. */
export const computeIdentity = mapping({
  type,
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

const workspaceIdentityMeta = mapping({
  resource_id: text.optional(),
  client_id: text.optional(),
  principal_id: text.optional(),
});

/** The identity of a workspace: its user assigned identities are a mapping by ARM id. */
export const workspaceIdentity = mapping({
  type,
  principal_id: text.optional(),
  tenant_id: text.optional(),
  user_assigned_identities: z
    .union([dictionaryOf(z.union([workspaceIdentityMeta, z.null()])), z.null()])
    .optional()
    .describe("The identities by ARM id, for user_assigned."),
}).describe("The resource's own identity.");
