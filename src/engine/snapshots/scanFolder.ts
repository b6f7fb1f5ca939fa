import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { readPlainFile } from "#engine/store/plainFile.ts";
import { ParentIgnore } from "./parentIgnore.ts";
import type { FileMemory, Include, ScanAnswer, ScannedFile, ScanRequest } from "./scan.ts";
import { secretByName, secretsInText, type SecretFinding } from "./secrets.ts";
import { walkFile, walkFolder, type Walk, type WalkedFile } from "./walk.ts";

/** Larger files are neither searched for secrets nor hashed before a freeze. */
const readLimit = 1024 * 1024;

/** Walks, remembers and reads what is new. Runs in a worker: it is synchronous. */
export function scanFolder(request: ScanRequest): ScanAnswer {
  const walk = walkRoot(request);
  const root = statSync(request.root).isDirectory() ? request.root : dirname(request.root);
  const parents = new ParentIgnore(root);
  const answer: ScanAnswer = {
    root,
    files: [],
    skipped: walk.skipped,
    parentIgnored: [],
    secrets: [],
    refusals: walk.escapes.map((link) => `The link ${link} leads out of the code folder.`),
    bytes: 0,
    tooLarge: false,
    memory: null,
  };
  addIncludes(walk, request, answer);
  answer.bytes = walk.files.reduce((sum, file) => sum + file.stats.size, 0);
  if (request.maxBytes !== null && answer.bytes > request.maxBytes) return { ...answer, tooLarge: true };
  const reader = new Reader(request);
  for (const file of walk.files) {
    const rule = parents.empty ? undefined : parents.ruleFor(file.path);
    if (rule !== undefined) {
      answer.parentIgnored.push({ path: file.path, rule });
      if (request.skipParentIgnored) {
        answer.skipped.push({ path: file.path, rule });
        continue;
      }
    }
    const { scanned, secrets } = reader.read(file);
    answer.files.push(scanned);
    for (const secret of secrets) answer.secrets.push({ path: file.path, ...secret });
  }
  answer.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  answer.memory = reader.memory();
  return answer;
}

function walkRoot(request: ScanRequest): Walk {
  const { root, excluded, codeless, followOutside } = request;
  if (codeless) return { files: [], skipped: [], escapes: [] };
  return statSync(root).isDirectory() ? walkFolder(root, { prefix: "", excluded, followOutside }) : walkFile(root);
}

/** Includes land beside the code. Two files for one path are refused, as Azure's SDK does. */
function addIncludes(walk: Walk, request: ScanRequest, answer: ScanAnswer): void {
  for (const include of request.includes) {
    const part = walkInclude(include, request.excluded);
    if (typeof part === "string") {
      answer.refusals.push(part);
      continue;
    }
    const taken = walk.files.some(({ path }) => path === include.target || path.startsWith(`${include.target}/`));
    if (taken) {
      answer.refusals.push(
        `additional_includes: ${include.target} is there already, in the code or in another include.`,
      );
      continue;
    }
    walk.files.push(...part.files);
    walk.skipped.push(...part.skipped);
    answer.refusals.push(...part.escapes.map((link) => `The link ${link} leads out of the included folder.`));
  }
}

function walkInclude(include: Include, excluded: readonly string[]): Walk | string {
  if (!existsSync(include.source)) {
    return `additional_includes: ${include.source} does not exist.`;
  }
  const source = realpathSync(include.source);
  if (source === dirname(source)) return "additional_includes: a file system's root cannot be included.";
  if (statSync(source).isDirectory()) return walkFolder(source, { prefix: `${include.target}/`, excluded });
  const walk = walkFile(source);
  return { ...walk, files: walk.files.map((file) => ({ ...file, path: include.target })) };
}

/** Reads files once; a file whose stamp is remembered is not read again. */
class Reader {
  readonly #known: FileMemory;
  readonly #next: FileMemory = {};
  readonly #findSecrets: boolean;
  readonly #startedAt = Date.now();
  #changed = false;

  constructor(request: ScanRequest) {
    this.#known = request.memory === null ? {} : (JSON.parse(request.memory) as FileMemory);
    this.#findSecrets = request.findSecrets;
  }

  read({ path, source, stats }: WalkedFile): { scanned: ScannedFile; secrets: SecretFinding[] } {
    const stamp = `${stats.size},${stats.mtimeMs},${stats.ctimeMs},${stats.ino}`;
    const known = this.#known[path];
    const [, sha256, secrets] = known?.[0] === stamp ? known : this.#readNow(path, source, stats, stamp);
    if (known?.[0] === stamp) this.#next[path] = known;
    return {
      scanned: {
        path,
        source,
        bytes: stats.size,
        executable: (stats.mode & 0o100) !== 0,
        stamp,
        sha256: sha256 === "" ? null : sha256,
      },
      secrets,
    };
  }

  /** What to remember, or null when it is what was known. */
  memory(): string | null {
    const gone = Object.keys(this.#known).length !== Object.keys(this.#next).length;
    return this.#changed || gone ? JSON.stringify(this.#next) : null;
  }

  #readNow(path: string, source: string, stats: Stats, stamp: string): FileMemory[string] {
    const secrets: SecretFinding[] = [];
    const byName = this.#findSecrets ? secretByName(path) : undefined;
    if (byName !== undefined) secrets.push({ line: 0, what: byName });
    let sha256 = "";
    if (stats.size <= readLimit) {
      const content = readPlainFile(source);
      sha256 = createHash("sha256").update(content).digest("hex");
      if (this.#findSecrets && !content.subarray(0, 8192).includes(0)) {
        secrets.push(...secretsInText(content.toString("utf8")));
      }
    }
    const entry: FileMemory[string] = [stamp, sha256, secrets];
    if (isSettled(stats, this.#startedAt)) {
      this.#next[path] = entry;
      this.#changed = true;
    }
    return entry;
  }
}

/**
 * A file that changed just now may change again within the same tick of the file system's clock, with the same size:
 * its stamp is not trusted yet. Whole seconds betray a file system with a coarse clock.
 */
function isSettled(stats: Stats, now: number): boolean {
  const tick = Number.isInteger(stats.mtimeMs / 1000) && Number.isInteger(stats.ctimeMs / 1000) ? 2000 : 50;
  return now - stats.ctimeMs > tick;
}
