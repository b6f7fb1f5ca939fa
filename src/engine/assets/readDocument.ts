import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { DocumentSource } from "#contract/entities/submit.ts";
import { loadRequest, type Family, type FileProvider, type Loaded as LoadedFile } from "#spec/index.ts";

/** A document of a file, fields of the command line, or both: fields win, as `az` has it. */
export interface DocumentRequest {
  source?: DocumentSource | undefined;
  fields: Record<string, unknown>;
  /** Where relative paths of the fields begin when there is no file. */
  baseDir?: string | undefined;
  files: FileProvider;
}

type Loaded = NonNullable<LoadedFile["document"]>;

/** Loads a document that must be of one kind. Throws `file-not-found` and `invalid-document` with every problem's place. */
export function readDocument<K extends Loaded["kind"]>(
  kind: K,
  family: Family,
  request: DocumentRequest,
): Loaded & { kind: K } {
  const { source, fields } = request;
  const path = source?.file ?? join(request.baseDir ?? "/", "command line");
  const text = source && (source.text ?? readText(source.file));
  const set = source?.overrides ?? [];
  const { document, problems } = loadRequest({ text, set, fields, path, files: request.files, expect: family });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0 && document?.kind === kind) return document as Loaded & { kind: K };
  const [first] = errors;
  const place = first && source && first.origin === "file" ? `${path}:${first.range.line}:${first.range.column}: ` : "";
  throw slipwayError("invalid-document", first ? `${place}${first.message}` : `${path} is not a ${family}.`, {
    next: source ? `\`slipway validate ${path}\` lists all that is wrong with it.` : "",
    details: { problems },
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw slipwayError("file-not-found", `${file} cannot be read (${errnoOf(cause) ?? "error"}).`, { cause });
  }
}
