/** The https prefix of a cloud datastore, by which the mirror map knows it. Null for a type without one. */
export function datastoreUrl(document: Readonly<Record<string, unknown>>): string | null {
  const text = (key: string, otherwise = "") => (typeof document[key] === "string" ? document[key] : otherwise);
  const domain = text("endpoint", "core.windows.net");
  switch (document["type"]) {
    case "azure_blob":
      return `https://${text("account_name")}.blob.${domain}/${text("container_name")}`;
    case "azure_file":
      return `https://${text("account_name")}.file.${domain}/${text("file_share_name")}`;
    case "azure_data_lake_gen2":
      return `https://${text("account_name")}.dfs.${domain}/${text("filesystem")}`;
    case "azure_data_lake_gen1":
      return `adl://${text("store_name")}.azuredatalakestore.net`;
    case "one_lake":
      return `https://${text("endpoint", "onelake.dfs.fabric.microsoft.com")}/${text("one_lake_workspace_name")}`;
    default:
      return null;
  }
}

/** A document as it is kept: credentials of a store that is never reached from here are not written down. */
export function withoutCredentials(document: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== "credentials"));
}
