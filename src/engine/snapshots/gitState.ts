import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { simpleGit, type SimpleGit } from "simple-git";

/** What git says of a code folder. */
export interface GitFacts {
  commit: string | null;
  branch: string | null;
  /** URL of the branch's remote (else of `origin`), without credentials. */
  remote: string | null;
  dirty: boolean;
  /** Changes of tracked files below the folder against the commit; empty when there are none or no commit. */
  diff: string;
}

/** A longer answer is given up: a submit does not wait for a huge work tree. */
const patience = 10_000;

/** Null when the folder is in no repository, or git is not there or does not answer. Changes nothing, takes no lock. */
export async function readGitState(root: string): Promise<GitFacts | null> {
  try {
    const folder = (await stat(root)).isDirectory() ? root : dirname(root);
    const git = quietGit(folder, await ownFilters(folder));
    const status = ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "-z"];
    const head = parseStatus(await git.raw(["--no-optional-locks", ...status]));
    const [remote, diff] = await Promise.all([readRemote(git, head.upstream), readDiff(git, head)]);
    return { commit: head.commit, branch: head.branch, remote, dirty: head.dirty, diff };
  } catch {
    return null;
  }
}

/**
 * The repository's own monitor and filters would be programs of its choice, and even `git status` starts them: they are
 * switched off, which the library takes for a risk.
 */
function quietGit(folder: string, filters: readonly string[]): SimpleGit {
  const off = filters.flatMap((name) => [
    `filter.${name}.clean=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`,
  ]);
  return simpleGit({
    baseDir: folder,
    timeout: { block: patience },
    config: ["core.fsmonitor=false", ...off],
    unsafe: { allowUnsafeFsMonitor: true, allowUnsafeFilter: true },
  });
}

/** Filters that the repository's own configuration defines; those of the user's and the machine's are theirs. */
async function ownFilters(folder: string): Promise<string[]> {
  const git = quietGit(folder, []);
  const all = await git
    .raw(["config", "--show-scope", "--name-only", "-z", "--get-regexp", "^filter\\."])
    .catch(() => "");
  // Pairs of scope and name.
  const names = [...all.matchAll(/(local|worktree)\0filter\.([^\0]*)\.[^.\0]+\0/gu)].map(([, , name]) => name ?? "");
  return [...new Set(names)];
}

interface Head {
  commit: string | null;
  branch: string | null;
  upstream: string | null;
  dirty: boolean;
}

function parseStatus(text: string): Head {
  const head: Head = { commit: null, branch: null, upstream: null, dirty: false };
  for (const line of text.split("\0")) {
    const [, key, value] = /^# branch\.(oid|head|upstream) (.*)$/.exec(line) ?? [];
    if (key === "oid" && value !== "(initial)") head.commit = value ?? null;
    else if (key === "head" && value !== "(detached)") head.branch = value ?? null;
    else if (key === "upstream") head.upstream = value ?? null;
    else if (line !== "" && !line.startsWith("#")) head.dirty = true;
  }
  return head;
}

async function readRemote(git: SimpleGit, upstream: string | null): Promise<string | null> {
  const remotes = await git.getRemotes(true);
  const named =
    remotes.find(({ name }) => upstream?.startsWith(`${name}/`)) ?? remotes.find(({ name }) => name === "origin");
  const url = (named ?? remotes[0])?.refs.fetch;
  return url ? withoutCredentials(url) : null;
}

async function readDiff(git: SimpleGit, head: Head): Promise<string> {
  if (!head.dirty || head.commit === null) return "";
  return git.raw(["--no-optional-locks", "diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD", "--", "."]);
}

/**
 * A remote's URL as it may be shown: `https://user:token@host/x` → `https://host/x`.
 *
 * @internal
 */
export function withoutCredentials(url: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url;
  try {
    const parsed = new URL(url);
    parsed.password = "";
    if (parsed.protocol !== "ssh:") parsed.username = "";
    return parsed.href;
  } catch {
    return url.replace(/\/\/[^@/]*@/, "//");
  }
}
