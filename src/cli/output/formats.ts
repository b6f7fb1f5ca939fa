export const outputFormats = ["json", "jsonc", "none", "table", "tsv", "yaml", "yamlc"] as const;
export type OutputFormat = (typeof outputFormats)[number];
