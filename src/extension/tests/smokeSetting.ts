/**
 * The `--set` pairs that make a job file's run small, from the setting `slipway.tests.smoke`: path in the folder → pairs.
 * Undefined where the file is not named, or is named with anything but a list of texts.
 */
export function smokePairs(setting: unknown, path: string): readonly string[] | undefined {
  if (typeof setting !== "object" || setting === null || !Object.hasOwn(setting, path)) return undefined;
  const pairs: unknown = (setting as Record<string, unknown>)[path];
  return Array.isArray(pairs) && pairs.every((pair) => typeof pair === "string") ? pairs : undefined;
}
