import type { ComputeFile } from "../kinds/compute.ts";
import type { DatastoreFile } from "../kinds/datastore.ts";
import type { WorkspaceFile } from "../kinds/workspace.ts";
import type { Reference } from "../references/reference.ts";
import type { PyScalar } from "../yaml/values.ts";

/** A literal with what Python prints for it (`true` is True, `1.0` is 1.0): the text goes into the command. */
export interface Literal {
  value: PyScalar;
  text: string;
}

/** A path or reference as the file says it, and what it means. */
export interface Located {
  /** As written in the file. */
  given: string;
  reference: Reference;
  /** A local path made absolute (from the YAML file's folder); anything else as written. */
  path: string;
}

export type LoadedInput = ({ kind: "literal" } & Literal) | ({ kind: "data"; type: string; mode: string } & Located);

export interface LoadedOutput {
  /** `uri_folder` when the file says none. */
  type: string;
  /** `rw_mount` when the file says none. */
  mode: string;
  /** Where it is kept, with `${{name}}` and `${{default_datastore}}` still in it. */
  path?: string;
  /** Register it as a data or model asset of this name and version. */
  name?: string;
  version?: string;
}

/** A conda file's text: the file's own, or the inline content as JSON (which is YAML). */
export interface CondaContent {
  text: string;
  /** Absolute path, when it is a file. */
  path?: string;
}

export interface EnvironmentDefinition {
  image?: string;
  conda?: CondaContent;
  /** `path` is absolute, or a URL. */
  build?: { path: string; dockerfilePath: string };
  osType?: string;
  inferenceConfig?: unknown;
}

export type LoadedEnvironmentField =
  ({ kind: "inline" } & EnvironmentDefinition) | { kind: "reference"; given: string; reference: Reference };

interface Described {
  description?: string;
  /** All text, as Python's str() prints it. */
  tags: Record<string, string>;
}

interface Runs extends Described {
  displayName?: string;
  command: string;
  /** Absent: the command runs in an empty folder. */
  code?: Located;
  environment: LoadedEnvironmentField;
  resources?: Record<string, unknown>;
  distribution?: Record<string, unknown>;
  queueSettings?: Record<string, unknown>;
  properties: Record<string, string>;
}

export interface LoadedCommandJob extends Runs {
  kind: "job:command";
  name?: string;
  experimentName: string;
  /** `name` is without `azureml:`. Absent: the workspace's default target. */
  compute?: { given: string; name: string };
  inputs: Record<string, LoadedInput>;
  outputs: Record<string, LoadedOutput>;
  environmentVariables: Record<string, string>;
  /** Seconds. */
  timeout?: number;
  services: Record<string, Record<string, unknown>>;
  identity?: Record<string, unknown>;
  parentJobName?: string;
}

export interface ComponentInput {
  type: string;
  optional: boolean;
  description?: string;
  /** Cast to the type, as Azure does: 1024 of type number is 1024.0. */
  default?: Literal;
  min?: number;
  max?: number;
  enum?: string[];
  mode?: string;
}

export interface LoadedCommandComponent extends Runs {
  kind: "component:command";
  name: string;
  version?: string;
  isDeterministic: boolean;
  inputs: Record<string, ComponentInput>;
  outputs: Record<string, { type: string; description?: string; mode?: string }>;
  additionalIncludes: string[];
}

export interface LoadedEnvironment extends Described, EnvironmentDefinition {
  kind: "environment";
  name: string;
  version?: string;
}

export interface LoadedData extends Described, Located {
  kind: "data";
  name?: string;
  version?: string;
  /** `uri_folder` when the file says none. */
  type: string;
}

export interface LoadedModel extends Described, Partial<Located> {
  kind: "model";
  name: string;
  version?: string;
  /** `custom_model` when the file says none. */
  type: string;
  properties: Record<string, string>;
  flavors?: Record<string, unknown>;
  stage?: string;
}

export interface LoadedDatastore {
  kind: "datastore";
  name: string;
  type: DatastoreFile["type"];
  /** Absolute folder of a `local_folder`. */
  folder?: string;
  file: DatastoreFile;
}

export interface LoadedCompute {
  kind: "compute";
  name: string;
  type: ComputeFile["type"];
  file: ComputeFile;
}

export interface LoadedWorkspace {
  kind: "workspace";
  name: string;
  file: WorkspaceFile;
}

export type LoadedDocument =
  | LoadedCommandJob
  | LoadedCommandComponent
  | LoadedEnvironment
  | LoadedData
  | LoadedModel
  | LoadedDatastore
  | LoadedCompute
  | LoadedWorkspace;
