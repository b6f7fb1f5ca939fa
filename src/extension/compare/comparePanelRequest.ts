import { comparePanelRequests, type ComparePanelRequest } from "#contract/panels/compare.ts";

const changes: readonly unknown[] = ["added", "removed", "changed"];
const formats: readonly unknown[] = ["csv", "html"];
/** More charts than this are never in sight at once. */
const mostKeys = 100;

/** A message of the page is let in only when it is on the list and its fields are of the right types. */
export function checkedRequest(message: unknown): ComparePanelRequest | undefined {
  const request = message as Partial<Record<string, unknown>> | null;
  if (!comparePanelRequests.some((type) => type === request?.["type"])) return undefined;
  const { keys, name, path, change, format } = request ?? {};
  const fits = (): boolean => {
    switch (request?.["type"]) {
      case "series":
        return Array.isArray(keys) && keys.length <= mostKeys && keys.every((key) => typeof key === "string");
      case "baseline":
      case "explain":
      case "remove":
      case "open-job":
        return typeof name === "string";
      case "open-file":
        return typeof path === "string" && changes.includes(change);
      case "export":
        return formats.includes(format);
      default:
        return true;
    }
  };
  return fits() ? (request as ComparePanelRequest) : undefined;
}
