import { slipwayError } from "#contract/errors.ts";
import type { FileProvider } from "#spec/index.ts";
import type { Assets } from "../../assets/assets.ts";
import type { Storage } from "../../assets/localFiles.ts";
import type { Handlers } from "../handlers.ts";

export function assetHandlers(services: {
  assets: Assets;
  files: FileProvider;
}): Pick<Handlers, "createAsset" | "listAssets" | "showAsset" | "updateAsset"> {
  const { assets, files } = services;
  return {
    async createAsset({ params, body, actor }) {
      const { storage, ...fields } = body.fields;
      const request = { source: body.source, fields, baseDir: body.base_dir, files };
      const how = { storage: storageOf(storage), operation: body.operation };
      return assets.create(params.workspace, params.kind, { ...request, ...how }, actor.name);
    },
    listAssets: ({ params, query }) => assets.list(params.workspace, params.kind, query),
    showAsset: ({ params, query }) => assets.show(params.workspace, params.kind, params.name, query),
    updateAsset: ({ params, query, body, actor }) => assets.update({ ...params, ...query }, body, actor.name),
  };
}

/** The field `storage` is Slipway's own: how local files are taken (`--in-place`, `--copy`). */
function storageOf(value: unknown): Storage | undefined {
  if (value === undefined || value === "copy" || value === "in-place") return value;
  throw slipwayError("invalid-request", `storage is "copy" or "in-place", not ${JSON.stringify(value)}.`);
}
