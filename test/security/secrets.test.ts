import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { until } from "../faults/harness/processes.ts";
import { entriesBelow } from "./entriesBelow.ts";
import { LiveEngine } from "./liveEngine.ts";

/** In the environment of who starts the engine. */
const ofTheUser = "canary-user-5f2d9c";
/** In a job's environment_variables. */
const ofTheJob = "canary-job-81ab3e";
/** In the URL of a repository's remote. */
const ofTheRemote = "canary-remote-c07d11";

let engine: LiveEngine;
let relayToken: string;
const name = "keeps";
beforeAll(async () => {
  if (notBuilt) return;
  const environment = { AWS_SECRET_ACCESS_KEY: ofTheUser, MY_API_TOKEN: ofTheUser, GITHUB_TOKEN: ofTheUser };
  engine = await LiveEngine.start({ environment });
  const code = join(engine.built.folder, "code");
  mkdirSync(code);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], { cwd: code, stdio: "pipe" });
  git("init", "-q");
  git("remote", "add", "origin", `https://user:${ofTheRemote}@example.com/x.git`);
  writeFileSync(
    join(code, "hold.py"),
    'import os, time\nopen("outputs/names", "w").write("\\n".join(sorted(os.environ)))\nassert os.environ["API_KEY"]\nprint("up", flush=True)\nwhile not os.path.exists("../stop"): time.sleep(0.05)\n',
  );
  git("add", ".");
  git("commit", "-qm", "first");
  const file = join(code, "job.yml");
  writeFileSync(
    file,
    `code: .\ncommand: python3 hold.py\nenvironment: {image: any}\nenvironment_variables:\n  API_KEY: ${ofTheJob}\n`,
  );
  // The job's own file is no part of what is looked through: it is the user's, and holds what the user wrote.
  await engine.client.submit("default", { source: { file }, name, answers: { allow_secrets: true } });
  await engine.until(
    name,
    ({ log_files }) => log_files.some(({ path, bytes }) => path.startsWith("user") && bytes > 0),
    120_000,
  );
  const spec = JSON.parse(readFileSync(join(attempt(), "spec.json"), "utf8")) as { relay: { token: string } };
  relayToken = spec.relay.token;
}, 180_000);
afterAll(() => engine?.close());

const attempt = () => join(engine.home, "targets/local/jobs/default", name, "1");

/** Files of the home that hold a text, relative to it, with their modes. */
function filesWith(text: string): { path: string; mode: number }[] {
  const found: { path: string; mode: number }[] = [];
  for (const entry of entriesBelow(engine.home, (folder) => folder === "environments" || folder === "cache")) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = contentOf(path);
    const forms = [text, Buffer.from(text).toString("base64").replace(/=+$/u, ""), encodeURIComponent(text)];
    if (!forms.some((form) => content.includes(form))) continue;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat) found.push({ path: path.slice(engine.home.length + 1), mode: stat.mode & 0o777 });
  }
  return found;
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** The command lines of all processes of this machine. */
const commandLines = () =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/u.test(entry))
    .map((pid) => contentOf(`/proc/${pid}/cmdline`).toString("latin1"))
    .join("\n");

const notInStore = (files: { path: string }[]) =>
  files.filter(({ path }) => !/^store\/(slipway\.db(-wal|-shm)?|backups\/.*)$/u.test(path)).map(({ path }) => path);

describe.skipIf(notBuilt)(`secrets${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 180_000 }, () => {
  it("T14 no secret is in any process's command line while a job runs", () => {
    const lines = commandLines();
    expect(lines).toContain("hold.py");
    for (const secret of [ofTheUser, ofTheJob, ofTheRemote, relayToken, engine.token]) {
      expect([secret.slice(0, 12), lines.includes(secret)]).toEqual([secret.slice(0, 12), false]);
    }
  });

  it("T14 a job's token lies in files of its user alone, on the target alone", () => {
    const files = filesWith(relayToken);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
    expect(files.filter(({ path }) => !path.startsWith(`targets/local/jobs/default/${name}/1/`))).toEqual([]);
  });

  it("T14 a user's token is kept nowhere, and the key that signs it in one file of its user", () => {
    expect(filesWith(engine.token)).toEqual([]);
    const key = readFileSync(join(engine.home, "store/signing.key"), "utf8").trim();
    expect(filesWith(key)).toEqual([{ path: "store/signing.key", mode: 0o600 }]);
  });

  it("T14 what stands in the engine's own environment goes into no file and to no job", async () => {
    expect(filesWith(ofTheUser)).toEqual([]);
    const names = readFileSync(join(attempt(), "wd/outputs/names"), "utf8").split("\n");
    expect(names).toContain("API_KEY");
    expect(names.filter((each) => /AWS_|MY_API_TOKEN|GITHUB_TOKEN/u.test(each))).toEqual([]);
    const job = await engine.client.showJob({ params: { workspace: "default", name } });
    expect(JSON.stringify(job)).not.toContain(ofTheUser);
  });

  it("T14 a job's variables are in its specification and its record, both its user's alone, and in no log", async () => {
    const files = filesWith(ofTheJob);
    expect(files.filter(({ mode }) => (mode & 0o077) !== 0 && !isFrozen(mode))).toEqual([]);
    const elsewhere = notInStore(files).filter(
      (path) => !/^(blobs|packs)\//u.test(path) && !path.startsWith("targets/local/jobs/"),
    );
    expect(elsewhere).toEqual([]);
    const listed = await engine.client.listJobs({ params: { workspace: "default" } });
    expect(JSON.stringify(listed)).not.toContain(ofTheJob);
    for (const { path } of (await engine.client.showJob({ params: { workspace: "default", name } })).log_files) {
      const { text } = await engine.client.logWindow({ params: { workspace: "default", name }, query: { path } });
      expect(text).not.toContain(ofTheJob);
    }
  });

  it("T14 a remote's password is not part of a job's record", async () => {
    const { git } = await engine.client.showJob({ params: { workspace: "default", name } });
    expect(git?.remote).toBe("https://example.com/x.git");
    expect(filesWith(ofTheRemote)).toEqual([]);
  });

  it("T14 once a job is over its token is gone from the disk and good for nothing", async () => {
    writeFileSync(join(attempt(), "stop"), "");
    expect(await engine.ended(name)).toMatchObject({ status: "Completed" });
    await until("the end of the token", () => filesWith(relayToken).length === 0);
    const headers = { authorization: `Bearer ${relayToken}` };
    expect((await engine.mlflow("GET", "/health", undefined, headers)).status).toBe(401);
    expect(notInStore(filesWith(ofTheJob)).filter((path) => path.startsWith("targets/"))).toEqual([]);
  });
});

/** Files of a job's code are laid out as they are; the folder above them is closed. */
function isFrozen(mode: number): boolean {
  return mode === 0o644;
}
