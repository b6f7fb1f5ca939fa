import { entryOf, nodeAt, plainOf, type SpecNode } from "../../src/spec/yaml/node.ts";
import { parseYaml } from "../../src/spec/yaml/parse.ts";
import { jsonText } from "../../src/spec/load/parts.ts";
import { isPyMapping, type PyValue } from "../../src/spec/yaml/values.ts";
import type { KnownKind } from "../../src/spec/index.ts";

/** One file with one fault in it. */
export interface Mutant {
  fault: string;
  what: string;
  text: string;
}

type Mapping = { [key: string]: PyValue };

const required: Record<KnownKind, string[]> = {
  "job:command": ["command", "environment"],
  "component:command": ["command", "environment", "name"],
  environment: ["name"],
  data: ["name", "path"],
  model: ["name"],
  datastore: ["name", "type", "account_name", "store_name"],
  compute: ["name", "type", "resource_id"],
  workspace: ["name"],
};

/** Plants single faults, all different ones that a file has a place for. */
export function plantFaults(text: string, kind: KnownKind): Mutant[] {
  const root = parseYaml(text).root!;
  const mutants: Mutant[] = [];
  const plant = (fault: string, what: string, change: (copy: Mapping) => void): void => {
    const copy = structuredCloneOf(plainOf(root)) as Mapping;
    change(copy);
    mutants.push({ fault, what, text: `${jsonText(copy)}\n` });
  };
  plantKeyFaults(root, kind, plant);
  plantNameFaults(root, kind, plant);
  plantTypeFaults(root, plant);
  plantReferenceFaults(root, plant);
  plantBindingFaults(root, plant);
  plantRangeFaults(root, kind, plant);
  const first = root.kind === "mapping" ? root.entries.find((entry) => !entry.key.startsWith("$")) : undefined;
  if (first) {
    const repeated = `${text.replace(/\s*$/, "")}\n${first.key}: again\n`;
    mutants.push({ fault: "duplicate key", what: first.key, text: repeated });
  }
  return mutants;
}

type Plant = (fault: string, what: string, change: (copy: Mapping) => void) => void;

function structuredCloneOf(value: PyValue): PyValue {
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (isPyMapping(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, structuredCloneOf(item)]));
  return value;
}

function plantKeyFaults(root: SpecNode, kind: KnownKind, plant: Plant): void {
  for (const key of required[kind]) {
    if (entryOf(root, key)) plant("missing required", key, (copy) => delete copy[key]);
  }
  plant("unknown key", "frobnicate", (copy) => (copy["frobnicate"] = "x"));
  const keys =
    root.kind === "mapping"
      ? root.entries.map((entry) => entry.key).filter((key) => !key.startsWith("$") && key.length > 3)
      : [];
  for (const key of keys.slice(0, 4)) {
    plant("key typo", key, (copy) => {
      copy[key.slice(0, 1) + key.slice(2, 3) + key.slice(1, 2) + key.slice(3)] = copy[key]!;
      delete copy[key];
    });
  }
}

function plantNameFaults(root: SpecNode, kind: KnownKind, plant: Plant): void {
  const names = ["bad name!", "a/b", kind === "component:command" ? "Upper-Case" : "-begins"];
  for (const name of names) plant("bad name", name, (copy) => (copy["name"] = name));
  if (entryOf(root, "version")) plant("bad version", "a b", (copy) => (copy["version"] = "a b"));
}

function plantTypeFaults(root: SpecNode, plant: Plant): void {
  for (const key of ["name", "description", "command", "path", "display_name", "image", "size", "account_name"]) {
    if (entryOf(root, key)) plant("wrong type", key, (copy) => (copy[key] = ["a", "list"]));
  }
  for (const key of ["inputs", "outputs", "tags", "resources", "environment", "distribution"]) {
    if (entryOf(root, key)) plant("wrong type", key, (copy) => (copy[key] = 42));
  }
  if (entryOf(root, "type")) plant("enum", "type", (copy) => (copy["type"] = "nonsense"));
  for (const area of ["inputs", "outputs"]) {
    const node = nodeAt(root, [area]);
    const named = node?.kind === "mapping" ? node.entries.find(({ value }) => entryOf(value, "type")) : undefined;
    if (named)
      plant(
        "enum",
        `${area}.${named.key}.type`,
        (copy) => (((copy[area] as Mapping)[named.key] as Mapping)["type"] = "uri_thing"),
      );
    const typed = node?.kind === "mapping" ? node.entries.find(({ value }) => entryOf(value, "mode")) : undefined;
    if (typed)
      plant(
        "enum",
        `${area}.${typed.key}.mode`,
        (copy) => (((copy[area] as Mapping)[typed.key] as Mapping)["mode"] = "teleport"),
      );
  }
}

function plantReferenceFaults(root: SpecNode, plant: Plant): void {
  if (entryOf(root, "code")) plant("missing path", "code", (copy) => (copy["code"] = "./no/such/folder"));
  const environment = nodeAt(root, ["environment"]);
  if (environment) {
    for (const wrong of ["sklearn:1", "azureml:", "azureml:env:1:2", "azureml://registries/r", "azureml:env@"]) {
      plant("bad reference", `environment ${wrong}`, (copy) => (copy["environment"] = wrong));
    }
  }
  if (environment?.kind === "mapping" && entryOf(environment, "conda_file")) {
    plant(
      "missing path",
      "environment.conda_file",
      (copy) => ((copy["environment"] as Mapping)["conda_file"] = "./no-such.yml"),
    );
  }
  if (entryOf(root, "conda_file"))
    plant("missing path", "conda_file", (copy) => (copy["conda_file"] = "./no-such.yml"));
  if (entryOf(root, "build"))
    plant("missing path", "build.path", (copy) => ((copy["build"] as Mapping)["path"] = "./no-such"));
  if (entryOf(root, "compute")) plant("bad reference", "compute", (copy) => (copy["compute"] = "azureml:"));
  if (typeof plainPath(root) === "string")
    plant("bad reference", "path", (copy) => (copy["path"] = "azureml://nowhere/x"));
}

const plainPath = (root: SpecNode): unknown => {
  const node = nodeAt(root, ["path"]);
  return node?.kind === "scalar" ? node.value : undefined;
};

function plantBindingFaults(root: SpecNode, plant: Plant): void {
  const command = nodeAt(root, ["command"]);
  const text = command?.kind === "scalar" ? String(command.value) : undefined;
  if (text === undefined) return;
  const set = (what: string, changed: string): void =>
    plant("bad binding", what, (copy) => (copy["command"] = changed));
  set("undeclared input", `${text} \${{inputs.no_such_input}}`);
  set("undeclared output", `${text} \${{outputs.no_such_output}}`);
  set("unclosed", `${text} \${{inputs.x`);
  set("unknown scope", `${text} \${{input.x}}`);
  const bound = /\$\{\{inputs\.(\w+)\}\}/.exec(text);
  if (bound) set("mistyped input", text.replace(bound[0], `\${{inputs.${bound[1]}x}}`));
}

function plantRangeFaults(root: SpecNode, kind: KnownKind, plant: Plant): void {
  if (kind === "job:command" || kind === "component:command") {
    plant("range", "instance_count", (copy) => (copy["resources"] = { instance_count: -1 }));
    plant(
      "range",
      "process_count",
      (copy) => (copy["distribution"] = { type: "pytorch", process_count_per_instance: 0 }),
    );
  }
  if (kind === "job:command") plant("range", "timeout", (copy) => (copy["limits"] = { timeout: -5 }));
  if (kind === "compute" && nodeAt(root, ["type"])?.kind === "scalar" && entryOf(root, "max_instances")) {
    plant("range", "min_instances", (copy) => (copy["min_instances"] = 1000));
    plant("range", "max_instances", (copy) => (copy["max_instances"] = -1));
  }
}
