import type { Asset, Compute, Datastore } from "#contract/entities/asset.ts";
import { withoutNulls } from "./withoutNulls.ts";

/** An asset as `az ml <kind> show` prints it: the document's own fields, then what the workspace adds. */
export function toAzureAsset(asset: Asset): Record<string, unknown> {
  const { document, kind: _kind, ...fields } = asset;
  return withoutNulls({ ...document, ...withoutNulls(fields) });
}

export function toAzureDatastore(datastore: Datastore): Record<string, unknown> {
  const { document, ...fields } = datastore;
  return withoutNulls({ ...document, ...withoutNulls(fields) });
}

export function toAzureCompute(compute: Compute): Record<string, unknown> {
  const { document, ...fields } = compute;
  return withoutNulls({ ...document, ...withoutNulls(fields) });
}
