import { slipwayError } from "#contract/errors.ts";
import type { AttachRequest } from "#contract/routes/attach.ts";
import { plainRecord } from "#spec/load/parts.ts";
import type { FileProvider } from "#spec/index.ts";
import { readDocument } from "../../assets/readDocument.ts";
import type { Attachments } from "../../computes/attachments.ts";
import { namedMachine } from "../../computes/namedMachine.ts";
import type { Handlers } from "../handlers.ts";

type AttachRoutes = "attachCompute" | "detachCompute" | "listSshHosts";

export function attachHandlers(services: {
  attachments: Attachments;
  files: FileProvider;
  hosts: () => string[];
}): Pick<Handlers, AttachRoutes> {
  const { attachments, files, hosts } = services;
  return {
    async attachCompute({ params, body, actor }) {
      return attachments.attach(params.workspace, withDocument(body, files), actor.name);
    },
    detachCompute: ({ params, query }) => attachments.detach(params.workspace, params.name, query.remove),
    listSshHosts: () => Promise.resolve(hosts()),
  };
}

/** The request with what its file says where it says nothing itself. */
function withDocument(body: AttachRequest, files: FileProvider) {
  const { source, name: given, description, ...request } = body;
  const fields = { ...(given ? { name: given } : {}), ...(description ? { description } : {}) };
  const document = source
    ? (plainRecord(readDocument("compute", "compute", { source, fields, files }).file) ?? {})
    : { ...fields, type: "ssh" };
  const name = document["name"];
  if (typeof name !== "string") throw slipwayError("invalid-request", "A name for the target is missing.");
  const named = source ? namedMachine(document) : {};
  const ssh = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  const { ssh_settings: _secrets, ...kept } = document;
  return { ...request, ...named, ...ssh, name, type: String(document["type"]), document: kept };
}
