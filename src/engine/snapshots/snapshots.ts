import { realpath, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Clock } from "#base/clock.ts";
import { slipwayError } from "#contract/errors.ts";
import type { GitState } from "#contract/entities/job.ts";
import type { Answers } from "#contract/entities/submit.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import type { Blobs } from "#engine/store/blobs.ts";
import type { Store } from "#engine/store/store.ts";
import type { Transport } from "#transport/transport.ts";
import type { CodeService, ScannedCode } from "#engine/core/ports/code.ts";
import type { FileWorkers } from "./fileTasks.ts";
import { readGitState } from "./gitState.ts";
import { fileEntries } from "./manifest.ts";
import type { CodeScan, Include } from "./scan.ts";
import { codeSheet, questionsOf } from "./sheet.ts";
import type { FrozenTree, OnFiles, Trees } from "./trees.ts";
import { isHomeOrRoot } from "./walk.ts";

export interface SnapshotsOptions {
  store: Store;
  blobs: Blobs;
  trees: Trees;
  workers: FileWorkers;
  clock: Clock;
  /** The user's home folder, which is sent only after an explicit yes. */
  userHome: string;
  /** The engine's own folder, never part of a snapshot. */
  slipwayHome: string;
}

/** A scan with its sheet, as the code port gives it to jobs. */
export interface ScannedSnapshot extends ScannedCode {
  held: CodeScan;
}

/** Code as it was submitted: scanned under the ignore rules, frozen by content, laid out on the target. */
export class Snapshots implements CodeService {
  readonly #options: SnapshotsOptions;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /**
   * What would be sent: `root` is the absolute path of the code folder or of the one code file, null for no code;
   * `includes` are a component's `additional_includes`. Changes nothing but the memory of what was read. Throws
   * `file-not-found` when `root` is not there; all else that stands in the way is data (`needs`, `refusals`).
   */
  async scan(root: string | null, answers: Answers, includes: readonly Include[] = []): Promise<ScannedSnapshot> {
    const held = await this.#scan(root, answers, includes);
    return { sheet: codeSheet(held), needs: held.needs, refusals: held.refusals, held };
  }

  async #scan(code: string | null, answers: Answers, includes: readonly Include[]): Promise<CodeScan> {
    const { store, workers, clock, userHome, slipwayHome } = this.#options;
    const [first] = includes;
    if (code === null && !first) return emptyScan(null);
    const root = await realRoot(code ?? (first as Include).source);
    if (code !== null && isHomeOrRoot(root, await realpath(userHome)) && !answers.allow_home) {
      const question = `${root} is a home folder, or holds one. Send everything in it?`;
      return { ...emptyScan(root), needs: [{ answer: "allow_home", question }] };
    }
    const key = memoryKey(root, includes);
    const answer = await workers.run("scanFolder", {
      root,
      codeless: code === null,
      includes: [...includes],
      skipParentIgnored: answers.skip_parent_ignored,
      findSecrets: true,
      followOutside: false,
      maxBytes: null,
      excluded: [await realpath(slipwayHome).catch(() => slipwayHome)],
      memory: await store.read("scanMemory", { root: key }),
    });
    if (answer.memory !== null) {
      await store.write("rememberScan", { root: key, memory: answer.memory, now: clock.now() });
    }
    const { files, skipped, parentIgnored, secrets, refusals } = answer;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const scan = { root: answer.root, files, bytes, skipped, parentIgnored, secrets, refusals };
    return { ...scan, needs: questionsOf(scan, answers) };
  }

  /**
   * Makes a scan durable. Throws `needs-confirmation` while a question is open, and `path-outside` when a link leads
   * out of the folder.
   */
  async freeze(scanned: ScannedCode, onProgress?: OnFiles): Promise<FrozenTree> {
    const scan = scanned.held as CodeScan;
    const [need] = scan.needs;
    if (need) {
      const option = need.answer === "allow_home" ? "--allow-home" : "--allow-secrets";
      throw slipwayError("needs-confirmation", need.question, {
        next: `Say yes on the sheet, or with ${option} on the command line.`,
        details: { needs: scan.needs },
      });
    }
    if (scan.refusals.length > 0) {
      throw slipwayError("path-outside", scan.refusals.slice(0, 5).join(" "), {
        next: "Copy the files into the code folder, or name them in its .amlignore.",
        details: { refusals: scan.refusals },
      });
    }
    return this.#options.trees.freeze(scan.files, onProgress);
  }

  async materialize(options: {
    digest: string;
    to: string;
    transport: Transport;
    onProgress?: OnFiles;
  }): Promise<void> {
    await this.#options.trees.materialize(options);
  }

  /** Files and folders of a snapshot. */
  async list(digest: string): Promise<FileEntry[]> {
    return fileEntries(await this.#options.trees.files(digest));
  }

  open(digest: string, path: string): Promise<Readable> {
    return this.#options.trees.open(digest, path);
  }

  /** Commit, branch, remote and whether there are changes; the diff is kept as a blob, named by its hash. */
  async gitState(root: string): Promise<(GitState & { diff: string | null }) | null> {
    const facts = await readGitState(root);
    if (!facts) return null;
    const { diff, ...state } = facts;
    const kept = diff === "" ? null : (await this.#options.blobs.put(Buffer.from(diff))).sha256;
    return { ...state, diff: kept };
  }
}

async function realRoot(root: string): Promise<string> {
  try {
    const real = await realpath(root);
    const stats = await stat(real);
    if (stats.isDirectory() || stats.isFile()) return real;
  } catch (cause) {
    throw slipwayError("file-not-found", `The code folder ${root} does not exist.`, {
      next: "`code` is relative to the YAML file that contains it.",
      cause,
    });
  }
  throw slipwayError("file-not-found", `${root} is neither a file nor a folder.`);
}

function emptyScan(root: string | null): CodeScan {
  return { root, files: [], bytes: 0, skipped: [], parentIgnored: [], secrets: [], needs: [], refusals: [] };
}

function memoryKey(root: string, includes: readonly Include[]): string {
  return [root, ...includes.map(({ source, target }) => `${source}\n${target}`)].join("\n");
}
