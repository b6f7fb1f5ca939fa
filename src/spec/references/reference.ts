/** What a string refers to, by its form. */
export type Reference =
  | { kind: "asset"; name: string; version?: string; label?: string }
  | { kind: "registry"; registry: string; assetType: string; name: string; version?: string; label?: string }
  | { kind: "datastore"; datastore: string; path: string; workspace?: string }
  | { kind: "job-output"; job: string; path: string }
  | { kind: "location"; text: string }
  | { kind: "arm-id"; text: string }
  | { kind: "local"; path: string; fileScheme: boolean }
  | { kind: "url"; scheme: string; url: string }
  | { kind: "git"; url: string }
  | { kind: "run-artifact"; run: string; path: string }
  | { kind: "mlflow-model"; name: string; version?: string; label?: string }
  | { kind: "expression"; text: string }
  | { kind: "bad"; reason: string };

const assetName = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;
const remoteSchemes = ["http", "https", "wasb", "wasbs", "abfs", "abfss", "adl", "s3", "hdfs", "gs", "data"];

/** Reads a reference. Whether `azureml:x` means a compute, a data asset or an environment depends on where it stands. */
export function parseReference(text: string): Reference {
  if (text.includes("${{")) return { kind: "expression", text };
  if (text.startsWith("azureml://")) return parseAzuremlUri(text);
  if (text.startsWith("azureml:/")) return parseArmId(text.slice("azureml:".length));
  if (text.startsWith("azureml:")) return parseAsset(text.slice("azureml:".length));
  if (/^\/subscriptions\//i.test(text)) return parseArmId(text);
  if (text.startsWith("git+")) return { kind: "git", url: text.slice(4) };
  if (/^git@[^:/]+:/.test(text)) return { kind: "git", url: text };
  if (text.startsWith("runs:/")) return parseRun(text.slice("runs:/".length));
  if (text.startsWith("models:/")) return parseMlflowModel(text.slice("models:/".length));
  if (text.startsWith("file:")) return { kind: "local", path: filePath(text), fileScheme: true };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    if (remoteSchemes.includes(scheme)) return { kind: "url", scheme, url: text };
    return { kind: "bad", reason: `the scheme '${scheme}://' is not known` };
  }
  if (text.trim() === "") return { kind: "bad", reason: "it is empty" };
  return { kind: "local", path: text, fileScheme: false };
}

function filePath(text: string): string {
  const rest = text.slice("file:".length);
  return rest.startsWith("///") ? rest.slice(2) : rest;
}

function parseAsset(rest: string): Reference {
  if (rest === "") return { kind: "bad", reason: "no name follows 'azureml:'" };
  const label = rest.split("@");
  if (label.length > 2) return { kind: "bad", reason: "it has more than one '@'" };
  if (label.length === 2) {
    const [name = "", value = ""] = label;
    if (value === "") return { kind: "bad", reason: "no label follows the '@'" };
    if (name.includes(":")) return { kind: "bad", reason: "it has a version and a label; give one of them" };
    return checkedAsset({ kind: "asset", name, label: value });
  }
  const parts = rest.split(":");
  if (parts.length > 2) return { kind: "bad", reason: "it has more parts than azureml:name:version" };
  const [name = "", version] = parts;
  if (version === "") return { kind: "bad", reason: "no version follows the second ':'" };
  return checkedAsset({ kind: "asset", name, ...(version === undefined ? {} : { version }) });
}

function checkedAsset(reference: Reference & { kind: "asset" }): Reference {
  if (/^<.*>$/.test(reference.name)) return reference;
  for (const part of [reference.name, reference.version, reference.label]) {
    if (part !== undefined && !assetName.test(part) && !/^<.*>$/.test(part)) {
      return { kind: "bad", reason: `'${part}' is not a name: letters, digits, '-', '_' and '.' are allowed` };
    }
  }
  return reference;
}

function parseAzuremlUri(text: string): Reference {
  const [area = "", ...parts] = text.slice("azureml://".length).split("/");
  switch (area) {
    case "registries":
    case "feeds":
      return parseRegistry(parts);
    case "datastores":
      return parseDatastore(parts);
    case "jobs":
      return parseJob(parts);
    case "locations":
      return parts[0]
        ? { kind: "location", text }
        : { kind: "bad", reason: "no location follows 'azureml://locations/'" };
    case "subscriptions":
      return parseLongForm(text, parts);
    default:
      return {
        kind: "bad",
        reason: `'azureml://${area}' is none of azureml://registries, datastores, jobs, locations or subscriptions`,
      };
  }
}

function parseRegistry([registry = "", assetType = "", name = "", by, value, ...rest]: string[]): Reference {
  if (!registry || !assetType || !name) {
    return { kind: "bad", reason: "a registry reference is azureml://registries/REGISTRY/TYPE/NAME/versions/VERSION" };
  }
  if (by === undefined) return { kind: "registry", registry, assetType, name };
  if ((by !== "versions" && by !== "labels") || !value || rest.length > 0) {
    return { kind: "bad", reason: "after the name, '/versions/VERSION' or '/labels/LABEL' is expected" };
  }
  return {
    kind: "registry",
    registry,
    assetType,
    name,
    ...(by === "versions" ? { version: value } : { label: value }),
  };
}

function parseDatastore([datastore = "", paths, ...path]: string[], workspace?: string): Reference {
  if (!datastore) return { kind: "bad", reason: "no datastore name follows 'azureml://datastores/'" };
  if (paths !== undefined && paths !== "paths" && paths !== "") {
    return { kind: "bad", reason: `'/paths/' is expected after the datastore's name, not '/${paths}'` };
  }
  return { kind: "datastore", datastore, path: path.join("/"), ...(workspace === undefined ? {} : { workspace }) };
}

function parseJob([job = "", outputs, ...path]: string[]): Reference {
  if (!job) return { kind: "bad", reason: "no job name follows 'azureml://jobs/'" };
  if (outputs !== "outputs" || path.length === 0 || !path[0]) {
    return { kind: "bad", reason: "a job reference is azureml://jobs/NAME/outputs/OUTPUT/paths/…" };
  }
  return { kind: "job-output", job, path: path.join("/") };
}

function parseLongForm(text: string, parts: string[]): Reference {
  const workspace = parts.indexOf("workspaces");
  const datastores = parts.indexOf("datastores");
  if (datastores > 0) return parseDatastore(parts.slice(datastores + 1), parts[workspace + 1]);
  return parseArmId(text.slice("azureml:/".length));
}

function parseArmId(id: string): Reference {
  const shape = /^\/subscriptions\/[^/]+\/(?:resourceGroups|resourcegroups)\/[^/]+(?:\/.+)?$/i;
  if (!shape.test(id)) {
    return { kind: "bad", reason: "an ARM id is /subscriptions/ID/resourceGroups/GROUP/providers/…" };
  }
  return { kind: "arm-id", text: id };
}

function parseRun(rest: string): Reference {
  const [run = "", ...path] = rest.replace(/^\/+/, "").split("/");
  if (!run) return { kind: "bad", reason: "no run id follows 'runs:/'" };
  return { kind: "run-artifact", run, path: path.join("/") };
}

function parseMlflowModel(rest: string): Reference {
  const [name = "", version] = rest.split("/");
  if (!name) return { kind: "bad", reason: "no model name follows 'models:/'" };
  const [bare = "", label] = name.split("@");
  if (label !== undefined) return { kind: "mlflow-model", name: bare, label };
  return { kind: "mlflow-model", name, ...(version === undefined ? {} : { version }) };
}
