import type { PlannedRequirement } from "./request.ts";
import { parseRequirement } from "./requirement.ts";

/** What a list of pip lines comes to. */
export interface PipLines {
  requirements: PlannedRequirement[];
  options: string[];
  constraints: string[];
  variables: Record<string, string>;
  refusals: string[];
}

const withValue = new Map([
  ["-i", "--index-url"],
  ["--index-url", "--index-url"],
  ["--extra-index-url", "--extra-index-url"],
  ["-f", "--find-links"],
  ["--find-links", "--find-links"],
  ["--only-binary", "--only-binary"],
  ["--no-binary", "--no-binary"],
]);
const withoutEffect = new Set([
  "--prefer-binary",
  "--no-cache-dir",
  "--use-feature",
  "--use-deprecated",
  "--require-hashes",
  "--disable-pip-version-check",
  "--upgrade",
  "-U",
  "-q",
  "--quiet",
]);
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f]/;
/** `-r` files may name others; deeper than this is a cycle. */
const deepest = 10;

/** Reads lines as pip does. `files` has the texts that `-r` and `-c` may name. */
export function readPipLines(
  lines: readonly string[],
  context: { mayRelax: boolean; files: Readonly<Record<string, string>>; from: string },
): PipLines {
  const found: PipLines = { requirements: [], options: [], constraints: [], variables: {}, refusals: [] };
  readInto(found, lines, { ...context, depth: 0 });
  return found;
}

interface Context {
  mayRelax: boolean;
  files: Readonly<Record<string, string>>;
  from: string;
  depth: number;
}

function readInto(found: PipLines, lines: readonly string[], context: Context): void {
  for (const raw of joinContinued(lines)) {
    const hashes = [...raw.matchAll(/\s--hash[= ](sha256:[0-9a-f]{64})(?=\s|$)/g)].map((match) => match[1] ?? "");
    const line = raw
      .replace(/(^|\s)#.*$/s, "")
      .replace(/\s+--hash[= ]\S+/g, "")
      .trim();
    if (line === "") continue;
    if (controlCharacter.test(line)) {
      found.refusals.push(`A line of ${context.from} holds a control character: ${JSON.stringify(line)}`);
    } else if (line.startsWith("-")) readOption(found, line, context);
    else if (isLocalPath(line) || isLocalPath(/^[^@;]*@\s*(.*)$/s.exec(line)?.[1] ?? "")) {
      found.refusals.push(localPath(line, context));
    } else {
      // A hash names one file: its version cannot move.
      const requirement = parseRequirement(line, context.mayRelax && hashes.length === 0);
      if (!requirement) found.refusals.push(`"${line}" in ${context.from} is not a pip requirement`);
      else found.requirements.push(hashes.length === 0 ? requirement : { ...requirement, hashes });
    }
  }
}

function readOption(found: PipLines, line: string, context: Context): void {
  const [, name = "", , value = ""] = /^(--?[A-Za-z-]+)(?:(=|\s+)(.*))?$/s.exec(splitShort(line)) ?? [];
  const target = value.trim();
  if (isIndexOption(found, name, target) || withoutEffect.has(name)) return;
  switch (name) {
    case "-r":
    case "--requirement":
      includeFile(found, target, context);
      break;
    case "-c":
    case "--constraint":
      addConstraints(found, target, context);
      break;
    case "-e":
    case "--editable":
      if (isLocalPath(target)) found.refusals.push(localPath(target, context));
      else readInto(found, [target], context);
      break;
    default:
      found.refusals.push(`The pip option "${name || line}" in ${context.from} is not supported`);
  }
}

/** Takes what says where packages come from; false for another option. */
function isIndexOption(found: PipLines, name: string, target: string): boolean {
  const canonical = withValue.get(name);
  const { variables } = found;
  if (canonical !== undefined) {
    found.options.push(`${canonical} ${target}`);
    // pip looks at all indexes together; uv stops at the first that knows the name.
    if (canonical === "--extra-index-url") variables["UV_INDEX_STRATEGY"] = "unsafe-best-match";
  } else if (name === "--no-index") found.options.push("--no-index");
  else if (name === "--pre") variables["UV_PRERELEASE"] = "allow";
  else if (name === "--trusted-host")
    variables["UV_INSECURE_HOST"] = `${variables["UV_INSECURE_HOST"] ?? ""} ${target}`.trim();
  else return false;
  return true;
}

function addConstraints(found: PipLines, path: string, context: Context): void {
  const text = lookUp(context.files, path);
  if (text === undefined) found.refusals.push(missing(path, context));
  else found.constraints.push(...text.split(/\r?\n/).filter((part) => part.trim() !== ""));
}

function includeFile(found: PipLines, path: string, context: Context): void {
  const text = lookUp(context.files, path);
  if (text === undefined) found.refusals.push(missing(path, context));
  else if (context.depth >= deepest) found.refusals.push(`"-r ${path}" in ${context.from} includes itself`);
  else readInto(found, text.split(/\r?\n/), { ...context, from: path, depth: context.depth + 1 });
}

/** `-rfile` and `-ifile` as pip takes them. */
function splitShort(line: string): string {
  return line.replace(/^(-[A-Za-z])(?=[^\s=-])/, "$1 ");
}

function joinContinued(lines: readonly string[]): string[] {
  return lines
    .join("\n")
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/);
}

function isLocalPath(text: string): boolean {
  return /^(\.{1,2}(\/|$)|\/|~\/|file:)/.test(text) || /^[^\s@;]+\.(whl|tar\.gz|zip)$/.test(text);
}

function lookUp(files: Readonly<Record<string, string>>, path: string): string | undefined {
  const plain = path.replace(/^\.\//, "");
  return Object.hasOwn(files, plain) ? files[plain] : undefined;
}

function missing(path: string, context: Context): string {
  return `"${path}", which ${context.from} includes, is not beside it`;
}

function localPath(path: string, context: Context): string {
  return `"${path}" in ${context.from} is a folder or file of the author's machine; put the package into the job's code or an index`;
}
