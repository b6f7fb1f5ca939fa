import * as z from "zod";
import { Compute } from "../entities/asset.ts";
import { Name } from "../entities/creation.ts";
import { DocumentSource } from "../entities/submit.ts";
import { flag, route } from "../route.ts";

const inWorkspace = z.object({ workspace: Name });

export const AttachRequest = z.object({
  /** A compute's YAML of type `virtualmachine`; what stands beside it here goes before it. */
  source: DocumentSource.optional(),
  name: Name.optional(),
  description: z.string().optional(),
  /** A name of `~/.ssh/config`, or a host's own name or address; the target's name when left out. */
  host: z.string().optional(),
  user: z.string().max(255).optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  /** Absolute path of a private key on this machine. */
  identity_file: z.string().optional(),
  /** Fingerprints (`SHA256:…`) of host keys that may be added to known_hosts: of the host, and of those it is reached over. */
  accept_host_keys: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "as `ssh-keygen -l` prints it")).default([]),
  /** Answers to questions that an error `secret-needed` named by their id. Kept in memory, never written down. */
  answers: z.record(z.string(), z.string()).default({}),
});
export type AttachRequest = z.infer<typeof AttachRequest>;

export const attachRoutes = {
  attachCompute: route({
    method: "POST",
    path: "/api/v1/workspaces/:workspace/attached-computes",
    summary:
      "Attaches a machine that SSH reaches as a target. `host-key-unknown` and `secret-needed` say in their details what a person has to agree to or answer.",
    params: inWorkspace,
    body: AttachRequest,
    reply: Compute,
  }),
  detachCompute: route({
    method: "DELETE",
    path: "/api/v1/workspaces/:workspace/attached-computes/:name",
    summary: "Forgets an attached machine; with `remove` also what Slipway has put there.",
    params: z.object({ workspace: Name, name: Name }),
    query: z.object({ remove: flag.default(false) }),
    reply: z.object({ name: z.string(), removed: z.boolean() }),
  }),
  listSshHosts: route({
    method: "GET",
    path: "/api/v1/ssh-hosts",
    summary: "Names that the user's `~/.ssh/config` gives to hosts.",
    reply: z.array(z.string()),
  }),
};
