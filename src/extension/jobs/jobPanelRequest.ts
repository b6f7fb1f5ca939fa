import { jobPanelRequests, type JobPanelRequest } from "#contract/panels/job.ts";

/** A message of a page is let in only when it is on the list and its fields are of the right types. */
export function checkedRequest(message: unknown): JobPanelRequest | undefined {
  const request = message as Partial<Record<string, unknown>> | null;
  if (!jobPanelRequests.some((type) => type === request?.["type"])) return undefined;
  const text = (key: string) => typeof request?.[key] === "string";
  switch (request?.["type"]) {
    case "open-log":
    case "open-artifact":
      return text("path") ? (request as JobPanelRequest) : undefined;
    case "open-location":
      return text("file") && Number.isInteger(request["line"]) ? (request as JobPanelRequest) : undefined;
    case "open-job":
      return text("name") ? (request as JobPanelRequest) : undefined;
    default:
      return request as JobPanelRequest;
  }
}
