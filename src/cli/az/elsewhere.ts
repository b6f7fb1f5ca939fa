import { slipwayError } from "#contract/errors.ts";
import { didYouMean } from "#spec/problems/nearest.ts";
import { UsageError } from "../parse/usageError.ts";

/**
 * Commands of az that only have to have happened: what they set up in Azure is not needed here. Granting is among them;
 * revoking is not, since nothing would be revoked.
 */
const passed: Readonly<Record<string, string>> = {
  "role assignment create": "no roles are needed to use this machine",
  "role definition create": "no roles are needed to use this machine",
  "identity create": "jobs run as you",
  "identity delete": "jobs run as you",
  "identity assign": "jobs run as you",
  "storage account create": "files are kept on this machine",
  "storage account update": "files are kept on this machine",
  "storage account delete": "files are kept on this machine, and stay",
  "storage container create": "files are kept on this machine",
  "acr create": "no registry is needed: environments are made on this machine",
  "acr login": "no registry is needed: environments are made on this machine",
  "acr update": "no registry is needed: environments are made on this machine",
  "acr delete": "no registry is needed: environments are made on this machine",
  "keyvault create": "there is no vault",
  "keyvault update": "there is no vault",
  "keyvault delete": "there is no vault",
  "keyvault purge": "there is no vault",
  "keyvault set-policy": "there is no vault, and nothing to permit",
  "provider register": "no provider is needed",
  "feature register": "no feature has to be registered",
  "cloud set": "no cloud is used",
  "group update": "nothing goes by resource group",
  "group wait": "a group is there at once",
  upgrade: "the commands are built into Slipway",
};

/** What to do instead of a command that is refused, by its beginning; the longest one that fits is used. */
const instead: Readonly<Record<string, string>> = {
  account: "`az account show`, `set`, `list` are answered with ids that are made up and stay the same.",
  "account get-access-token": "MLflow clients get their token from `slipway env`.",
  acr: "Give the job an environment with `build` or `conda_file`; it is made on this machine.",
  ad: "",
  aks: "",
  appservice: "",
  batch: "",
  cloud: "",
  config: "",
  container: "",
  containerapp: "",
  cosmosdb: "",
  databricks: "",
  deployment: "",
  disk: "",
  eventhubs: "",
  extension: "",
  feature: "",
  functionapp: "",
  group: "",
  identity: "Jobs run as you.",
  image: "",
  keyvault: "Give a job what it needs in `environment_variables`.",
  "keyvault secret": "Give a job what it needs in `environment_variables`; Slipway keeps no vault.",
  lock: "",
  monitor: "",
  network: "Who reaches this machine is for its own firewall to say.",
  policy: "",
  provider: "",
  resource: "",
  rest: "Slipway's own calls are in docs/reference/openapi.json.",
  role: "",
  "role assignment delete": "Nothing would be revoked: who may use this machine is for its own accounts to say.",
  servicebus: "",
  sql: "",
  storage: "`az ml data create --path …` keeps files; `slipway mirror add` lets a folder stand for a URL.",
  synapse: "",
  tag: "",
  vm: "",
  vmss: "",
  webapp: "",
};

/**
 * Answers an az command that means nothing here: the line to say when it only had to have happened. Throws a refusal
 * when its answer, or the belief that it was done, would be untrue.
 */
export function answerElsewhere(words: readonly string[]): string {
  const end = words.findIndex((word) => word.startsWith("-"));
  const path = (end < 0 ? words : words.slice(0, end)).slice(0, 4);
  const name = `az ${path.join(" ")}`;
  const reason = longest(passed, path);
  const asks = words.some((word) => /^--query(=|$)/.test(word));
  if (reason !== undefined && !asks) return `${name}: nothing to do, ${reason}.`;
  const next = longest(instead, path);
  if (next === undefined && reason === undefined) {
    const near = didYouMean(path[0] ?? "", [...Object.keys(instead).filter((key) => !key.includes(" ")), "ml"]);
    throw new UsageError(`'${path[0] ?? ""}' is not a command of az that Slipway knows.${near}`);
  }
  const why = reason === undefined ? "Slipway does not reach Azure" : `${reason}, so there is no answer to --query`;
  throw slipwayError("unavailable", `${name} was not done: ${why}.`, next ? { next } : {});
}

function longest(table: Readonly<Record<string, string>>, path: readonly string[]): string | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const key = path.slice(0, length).join(" ");
    if (Object.hasOwn(table, key)) return table[key];
  }
  return undefined;
}
