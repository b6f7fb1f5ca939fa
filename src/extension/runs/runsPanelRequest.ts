import { runsPanelRequests, type RunsPanelRequest } from "#contract/panels/runs.ts";

const texts = (value: unknown, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every((one) => typeof one === "string");
const numbers = (value: unknown, most: number): boolean =>
  Array.isArray(value) && value.length <= most && value.every((one) => Number.isInteger(one));
const stages: readonly unknown[] = ["active", "archived", "deleted", "all"];

function isQuery(value: unknown): boolean {
  const { filter, order, experiments, stage } = (value ?? {}) as Record<string, unknown>;
  const terms = (Array.isArray(order) ? order : [null]) as ({ column?: unknown; ascending?: unknown } | null)[];
  return (
    typeof filter === "string" &&
    terms.every((term) => typeof term?.column === "string" && typeof term.ascending === "boolean") &&
    texts(experiments, 1000) &&
    stages.includes(stage)
  );
}

function isView(value: unknown): boolean {
  const { name, query, columns, pinned } = (value ?? {}) as Record<string, unknown>;
  return typeof name === "string" && isQuery(query) && texts(columns, 2000) && Number.isInteger(pinned);
}

/** A message of the page is let in only when it is on the list and its fields are of the right types. */
export function checkedRequest(message: unknown): RunsPanelRequest | undefined {
  const request = (message ?? {}) as Record<string, unknown>;
  if (!runsPanelRequests.some((type) => type === request["type"])) return undefined;
  const fits = (): boolean => {
    switch (request["type"] as RunsPanelRequest["type"]) {
      case "search":
        return Number.isInteger(request["search"]) && isQuery(request["query"]);
      case "rows":
        return (
          Number.isInteger(request["generation"]) && numbers(request["ids"], 1000) && texts(request["columns"], 2000)
        );
      case "values":
        return typeof request["column"] === "string" && typeof request["prefix"] === "string";
      case "save-view":
        return isView(request["view"]);
      case "delete-view":
      case "open":
        return typeof request["name"] === "string";
      case "compare":
      case "archive":
      case "delete":
      case "restore":
      case "copy-names":
        return numbers(request["ids"], 100_000);
      case "export":
        return numbers(request["ids"], 100_000) && texts(request["columns"], 2000);
      default:
        return true;
    }
  };
  return fits() ? (request as unknown as RunsPanelRequest) : undefined;
}
