import { plainRecord } from "#spec/load/parts.ts";
import type { FileProvider } from "#spec/index.ts";
import { readDocument } from "../../assets/readDocument.ts";
import type { Attachments } from "../../computes/attachments.ts";
import type { Computes } from "../../computes/computes.ts";
import type { Handlers } from "../handlers.ts";

type ComputeRoutes = "createCompute" | "listComputes" | "showCompute" | "updateCompute" | "deleteCompute";

export function computeHandlers(services: {
  computes: Computes;
  attachments: Attachments;
  files: FileProvider;
}): Pick<Handlers, ComputeRoutes> {
  const { attachments, computes, files } = services;
  return {
    async createCompute({ params, body, actor }) {
      const { source, fields, base_dir: baseDir } = body;
      const { file } = readDocument("compute", "compute", { source, fields, baseDir, files });
      return computes.create(params.workspace, plainRecord(file) ?? {}, actor.name);
    },
    listComputes: ({ params }) => computes.list(params.workspace),
    showCompute: ({ params, query }) => computes.show(params.workspace, params.name, query.probe),
    updateCompute: ({ params, body, actor }) => computes.update(params.workspace, params.name, body, actor.name),
    async deleteCompute({ params: { workspace, name } }) {
      if (await attachments.isAttached(workspace, name)) await attachments.detach(workspace, name, false);
      else await computes.remove(workspace, name);
      return { name };
    },
  };
}
