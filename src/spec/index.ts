/**
 * The Azure ML YAML language. Pure: knows files only through a `FileProvider`, runs in Node, browsers and the language
 * server alike. `validate` and `load` are the doors; everything else serves editors and the engine.
 */
export { validate, type Validation } from "./validate.ts";
export { load, type Loaded, type LoadOptions } from "./load/load.ts";
export { loadRequest } from "./load/loadRequest.ts";
export type * from "./load/loaded.ts";
export { renderCommand, shellFault, type CommandScope, type CommandValue, type RenderedCommand } from "./command.ts";
export { documentKind, families, type Family, type ReadOptions } from "./document.ts";
export { noFiles, type FileProvider } from "./files.ts";
export { isKnownKind, knownKinds, otherKinds, type KindName, type KnownKind } from "./kinds/kindName.ts";
export { jsonSchemas } from "./kinds/jsonSchemas.ts";
export type { JsonSchema } from "./kinds/kinds.ts";
export { hoverAt, type Hover } from "./editor/hover.ts";
export { referencesIn, type LinkedReference } from "./editor/links.ts";
export { parseOverrides, parseRemovals, type ParsedOverrides } from "./overrides/parseOverrides.ts";
export type { Override } from "./overrides/override.ts";
export { problemCodes, type ProblemCode } from "./problems/problemCodes.ts";
export type { Fix, Problem, Severity } from "./problems/problem.ts";
export type { SourceOrigin, SourceRange } from "./yaml/range.ts";
export { parseReference, type Reference } from "./references/reference.ts";
export { parseTemplate, type Expression, type OptionalBlock, type ParsedTemplate } from "./expressions/parse.ts";
export { render, type Rendered, type RenderScope } from "./expressions/render.ts";
export { pythonStr } from "./yaml/pythonStr.ts";
