/** The versioned things of a workspace that share verbs, routes and rules. The wire name is Azure's CLI noun. */
export const assetKinds = ["data", "environment", "model", "component"] as const;
export type AssetKind = (typeof assetKinds)[number];
