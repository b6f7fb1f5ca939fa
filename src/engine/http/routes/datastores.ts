import { dirname } from "node:path";
import type { FileProvider } from "#spec/index.ts";
import { plainRecord } from "#spec/load/parts.ts";
import { readDocument } from "../../assets/readDocument.ts";
import type { Datastores } from "../../datastores/datastores.ts";
import type { Handlers } from "../handlers.ts";

type DatastoreRoutes = "createDatastore" | "listDatastores" | "showDatastore" | "updateDatastore" | "deleteDatastore";

export function datastoreHandlers(services: {
  datastores: Datastores;
  files: FileProvider;
}): Pick<Handlers, DatastoreRoutes> {
  const { datastores, files } = services;
  return {
    async createDatastore({ params, body, actor }) {
      const { source, fields, base_dir: baseDir } = body;
      const { file } = readDocument("datastore", "datastore", { source, fields, baseDir, files });
      const document = plainRecord(file) ?? {};
      const folder = source ? dirname(source.file) : (baseDir ?? "/");
      return datastores.create(params.workspace, { document, folder }, actor.name);
    },
    listDatastores: ({ params }) => datastores.list(params.workspace),
    showDatastore: ({ params }) => datastores.show(params.workspace, params.name),
    updateDatastore: ({ params, body, actor }) => datastores.update(params.workspace, params.name, body, actor.name),
    deleteDatastore: ({ params }) => datastores.remove(params.workspace, params.name),
  };
}
