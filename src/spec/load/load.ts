import { readDocument, type ReadOptions } from "../document.ts";
import { isKnownKind, type KindName, type KnownKind } from "../kinds/kindName.ts";
import type { schemas } from "../kinds/kinds.ts";
import { folderOf } from "../paths.ts";
import type { Problem } from "../problems/problem.ts";
import type { z } from "zod";
import { loadCommandComponent } from "./commandComponent.ts";
import { loadCommandJob } from "./commandJob.ts";
import type { LoadedDocument } from "./loaded.ts";
import { compact, environmentDefinition, locate, plainRecord, textDictionary, type LoadContext } from "./parts.ts";

export interface LoadOptions extends ReadOptions {
  /** The folder whose name is the default experiment: the user's working folder. The YAML file's folder when left out. */
  workingFolder?: string;
}

export interface Loaded {
  kind: KindName | null;
  /** The document, when the file is valid and of a known kind. */
  document: LoadedDocument | undefined;
  problems: Problem[];
}

type FileOf<Kind extends KnownKind> = z.output<(typeof schemas)[Kind]>;

const loaders: {
  [Kind in KnownKind]: (file: FileOf<Kind>, context: LoadContext, workingFolder: string) => LoadedDocument;
} = {
  "job:command": loadCommandJob,
  "component:command": loadCommandComponent,
  environment: (file, context) => ({
    kind: "environment",
    ...compact({ name: file.name, version: file.version, description: file.description }),
    tags: textDictionary(file.tags),
    ...environmentDefinition(context, file),
  }),
  data: (file, context) => ({
    kind: "data",
    ...compact({ name: file.name, version: file.version, description: file.description }),
    tags: textDictionary(file.tags),
    type: file.type ?? "uri_folder",
    ...locate(context, file.path),
  }),
  model: (file, context) => ({
    kind: "model",
    ...compact({ version: file.version, description: file.description, stage: file.stage }),
    name: file.name,
    tags: textDictionary(file.tags),
    properties: textDictionary(file.properties),
    type: file.type ?? "custom_model",
    ...compact({ flavors: plainRecord(file.flavors) }),
    ...(file.path === undefined ? {} : locate(context, file.path)),
  }),
  datastore: (file, context) => ({
    kind: "datastore",
    name: file.name,
    type: file.type,
    ...(file.type === "local_folder" ? { folder: locate(context, file.path).path } : {}),
    file,
  }),
  compute: (file) => ({ kind: "compute", name: file.name, type: file.type, file }),
  workspace: (file) => ({ kind: "workspace", name: file.name, file }),
};

/** Reads a file into a typed document with Azure's defaults. Never throws: what is wrong is in `problems`. */
export function load(text: string, options: LoadOptions): Loaded {
  const { kind, value, problems } = readDocument(text, options);
  const faulty = problems.some((problem) => problem.severity === "error");
  if (faulty || !isKnownKind(kind) || value === undefined) return { kind, document: undefined, problems };
  const folder = folderOf(options.path);
  const loader = loaders[kind] as (file: unknown, context: LoadContext, workingFolder: string) => LoadedDocument;
  const document = loader(value, { folder, files: options.files }, options.workingFolder ?? folder);
  return { kind, document, problems };
}
