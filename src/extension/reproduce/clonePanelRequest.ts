import { clonePanelRequests, type CloneForm, type ClonePanelRequest } from "#contract/panels/clone.ts";

/** A message of the page is let in only when it is on the list and its fields are of the right types. */
export function checkedRequest(message: unknown): ClonePanelRequest | undefined {
  const request = message as Partial<Record<string, unknown>> | null;
  if (!clonePanelRequests.some((type) => type === request?.["type"])) return undefined;
  switch (request?.["type"]) {
    case "pick":
      return typeof request["input"] === "string" && typeof request["folder"] === "boolean"
        ? (request as ClonePanelRequest)
        : undefined;
    case "submit":
    case "open-yaml":
      return isForm(request["form"]) ? (request as ClonePanelRequest) : undefined;
    default:
      return request as ClonePanelRequest;
  }
}

function isForm(form: unknown): form is CloneForm {
  if (!isRecord(form)) return false;
  const { inputs, environment_variables: variables, code } = form;
  const isText = (value: unknown): boolean => typeof value === "string";
  return (
    [form["display_name"], form["experiment_name"], form["compute"]].every(isText) &&
    (code === "snapshot" || code === "folder") &&
    isRecord(inputs) &&
    Object.values(inputs).every(isText) &&
    Array.isArray(variables) &&
    variables.every((row: unknown) => isRecord(row) && isText(row["name"]) && isText(row["value"]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
