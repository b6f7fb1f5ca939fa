import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CodedError } from "#base/errors.ts";
import { jobRoutes } from "#contract/routes/jobs.ts";
import { notBuilt } from "../cli/built.ts";
import { noAnswers, openParts, writeTree, type Parts } from "../engine/snapshots/parts.ts";
import { LiveEngine, knock } from "./liveEngine.ts";

/** Ways to write `..` and a separator that some decoder somewhere takes for them. */
const dots = ["..", "%2e%2e", "%2E%2e", ".%2e", "%2e.", "%252e%252e", "%25252e%25252e"];
const slashes = ["/", "%2f", "%2F", "%252f", "%25252f", "\\", "%5c", "%255c"];
/** All of these climb. */
const climbs = dots.flatMap((dot) => slashes.map((slash) => [dot, dot, dot, dot, "secret"].join(slash)));
const absolute = [
  "/etc/hostname",
  "%2fetc/hostname",
  "%252fetc%252fhostname",
  "//etc/hostname",
  "file:///etc/hostname",
  "C:/x",
  "c%3a%5cx",
];
const cut = [
  "a%00/../secret",
  "secret%00.txt",
  "a%0d%0aX: y",
  "a%0a",
  "a/%2e%2e/%2e%2e/secret",
  "a#/../../secret",
  "a%23/../../secret",
];
/** Names that only look so: too many dots, an overlong or broken encoding, full-width forms. They are names or are refused, never a way out. */
const strange = [
  "a.txt",
  "a.txt/below",
  "deep/b",
  "deep",
  "....//....//secret",
  "..%c0%af..%c0%afsecret",
  "%c0%ae%c0%ae/secret",
  "%uff0e%uff0e/secret",
  "．．/secret",
  "..;/secret",
  "%",
  "%zz/secret",
  "~/secret",
  "CON",
  "aux.txt",
  "a ",
  ".",
  "...",
  "%2e",
];
/** These climb from wherever they stand; the absolute ones only where a path begins. */
const anywhere = [...climbs, ...cut];
const tricks = [...anywhere, ...absolute];

const secret = "canary-7d1f-not-for-you";
let engine: LiveEngine;
let parts: Parts;
const job = "walked";
/** Where the job's artifacts lie, as the API names it. */
let root: string;
beforeAll(async () => {
  parts = await openParts();
  if (notBuilt) return;
  engine = await LiveEngine.start();
  for (const folder of ["", "logs", "logs/default", "blobs", "store"]) {
    mkdirSync(join(engine.home, folder), { recursive: true });
    writeFileSync(join(engine.home, folder, "secret"), secret);
  }
  const code = writeTree(join(engine.built.folder, "code"), {
    "train.py": "print(1)\nopen('outputs/m.txt','w').write('m')\n",
  });
  writeFileSync(join(engine.built.folder, "secret"), secret);
  await engine.client.submit("default", { source: { file: join(code, "train.py") }, python: "python3", name: job });
  await engine.ended(job);
  const run = await engine.mlflow("GET", `/api/2.0/mlflow/runs/get?run_id=${job}`);
  const { info } = (JSON.parse(run.body.toString()) as { run: { info: { artifact_uri: string } } }).run;
  root = info.artifact_uri.replace("mlflow-artifacts:/", "");
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await parts.close();
});

/** Everything of this test that lies on the disk. */
const onDisk = () =>
  readdirSync(engine.built.folder, { recursive: true, encoding: "utf8" }).filter((path) => path.includes("pwned"));

describe.skipIf(notBuilt)(`paths from outside${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("T6 there are more than sixty tricks", () => {
    expect(new Set(tricks).size).toBeGreaterThan(60);
  });

  it("T6 no way of writing a path leaves the artifacts of the MLflow API, in any call that takes one", async () => {
    const base = "/api/2.0/mlflow-artifacts/artifacts";
    const wrong: string[] = [];
    for (const trick of tricks) {
      const below: [string, string, string?][] = [
        ["GET", `${base}/${root}/${trick}`],
        ["HEAD", `${base}/${root}/${trick}`],
        ["DELETE", `${base}/${root}/${trick}`],
        ["PUT", `${base}/${root}/${trick.replace("secret", "pwned")}`, "pwned"],
        ["GET", `${base}?path=${root}/${trick}`],
      ];
      const calls: [string, string, string?][] = [
        ...(anywhere.includes(trick) ? below : []),
        ["GET", `${base}/${trick}`],
        ["PUT", `${base}/${trick.replace("secret", "pwned")}`, "pwned"],
        ["GET", `${base}?path=${trick}`],
        ["GET", `/api/2.0/mlflow/artifacts/list?run_id=${job}&path=${trick}`],
        ["GET", `/get-artifact?run_id=${job}&path=${trick}`],
        ["GET", `/api/2.0/mlflow/get-artifact?run_id=${job}&path=${trick}`],
        ["POST", `/api/2.0/mlflow/upload-artifact?run_id=${job}&path=${trick.replace("secret", "pwned")}`, "pwned"],
      ];
      for (const [method, path, body] of calls) {
        // A `#` never goes over the wire by itself: it cuts the request line.
        const answer = await engine.mlflow(method, path.replaceAll("#", "%23"), body).catch((cut: Error) => cut);
        const text = answer instanceof Error ? "" : answer.body.toString();
        const status = answer instanceof Error ? 400 : answer.status;
        if (status !== 400 || text.includes(secret)) wrong.push(`${method} ${path} → ${status} ${text.slice(0, 80)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(onDisk()).toEqual([]);
  });

  it("T6 a name that only looks like a way out stays a name", async () => {
    for (const name of strange) {
      const path = `/api/2.0/mlflow-artifacts/artifacts/${root}/strange/${encodeURI(name).replaceAll("%25", "%")}`;
      const put = await engine.mlflow("PUT", path, "pwned");
      expect([name, [200, 400].includes(put.status)]).toEqual([name, true]);
      const got = await engine.mlflow("GET", path);
      expect(got.body.toString()).not.toContain(secret);
    }
    expect(onDisk()).toEqual([]);
    const params = { workspace: "default", name: job };
    const listed = await engine.client.listArtifacts({ params, query: { path: "", recursive: true } });
    expect(listed.length).toBeGreaterThan(strange.length / 2);
    for (const { path } of listed) expect(path.split("/")).not.toContain("..");
    const downloaded = await engine.built.run(["job", "download", "-n", job, "-p", "got/below"]);
    expect(downloaded).toMatchObject({ code: 0 });
    expect(readdirSync(join(engine.built.folder, "got"))).toEqual(["below"]);
  });

  it("T6 our own routes hand out nothing but the job's files, whatever the path", async () => {
    const taking = Object.values(jobRoutes).filter((route) => "path" in (route.query as { shape?: object }).shape!);
    expect(taking.length).toBeGreaterThanOrEqual(6);
    const wrong: string[] = [];
    for (const trick of [...tricks, ...strange]) {
      for (const route of taking) {
        const place = route.path.replace(":workspace", "default").replace(":name", job);
        for (const value of [trick, encodeURIComponent(trick), `user_logs/${trick}`]) {
          const path = `${place}?text=x&path=${value.replaceAll("#", "%23").replaceAll(" ", "%20")}`;
          if (/[^\x20-\x7e]/u.test(path)) continue;
          const answer = await engine.knock(engine.socket, { method: "GET", path });
          const text = answer.body.toString();
          const isEmptyList = answer.status === 200 && text === "[]";
          const isRoot = answer.status === 200 && /^(\.|%2e|~\/\.\.)$/iu.test(value);
          if (text.includes(secret) || !(isEmptyList || isRoot || [400, 404].includes(answer.status))) {
            wrong.push(`${path} → ${answer.status} ${text.slice(0, 80)}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it("T6 names of workspaces and jobs are names, never paths", async () => {
    const wrong: string[] = [];
    for (const trick of tricks.filter((each) => !/[#\s\\]/u.test(each))) {
      const part = trick.replaceAll("/", "%2f");
      for (const path of [
        `/api/v1/workspaces/${part}/jobs/${job}/log?path=secret`,
        `/api/v1/workspaces/default/jobs/${part}/log?path=secret`,
        `/api/v1/workspaces/default/jobs/${part}/artifact?path=secret`,
      ]) {
        const answer = await engine.knock(engine.socket, { method: "GET", path });
        if (![400, 404].includes(answer.status) || answer.body.includes(secret))
          wrong.push(`${path} → ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
    for (const name of ["../up", "a/b", ".hidden", "-rf", "a\nb", "a\u0000b", "ü", "", "x".repeat(300)]) {
      const file = engine.built.write("named.py", "print(1)\n");
      const submitted = engine.client.submit("default", { source: { file }, python: "python3", name });
      await expect(submitted, JSON.stringify(name)).rejects.toMatchObject({ status: 400 });
      await expect(engine.client.createWorkspace({ body: { name } }), JSON.stringify(name)).rejects.toMatchObject({
        status: 400,
      });
    }
  });

  it("T6 the relay of a job refuses them too, and what it takes stays in its own folder", async () => {
    const { name } = await engine.submitScript(
      "relayed",
      'import os, time\nprint(os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_TRACKING_TOKEN"], flush=True)\ntime.sleep(600)\n',
    );
    const params = { workspace: "default", name };
    const shown = await engine.until(name, ({ log_files }) => log_files.some((file) => file.bytes > 40));
    const { text } = await engine.client.logWindow({ params, query: { path: shown.log_files.at(-1)?.path ?? "" } });
    const [uri = "", token = ""] = text.trim().split(" ");
    const door = { port: Number(new URL(uri).port) };
    const wrong: string[] = [];
    for (const trick of anywhere) {
      const path = `/api/2.0/mlflow-artifacts/artifacts/1/${name}/artifacts/${trick.replace("secret", "pwned")}`;
      const headers = { host: "127.0.0.1", authorization: `Bearer ${token}`, "content-length": "5" };
      const answer = await knock(door, {
        method: "PUT",
        path: path.replaceAll("#", "%23"),
        headers,
        body: "pwned",
      }).catch(() => ({ status: 400 }));
      if (answer.status !== 400) wrong.push(`${trick} → ${answer.status}`);
    }
    expect(wrong).toEqual([]);
    expect(onDisk()).toEqual([]);
    await engine.client.cancelJob({ params });
    await engine.ended(name);
  });

  it("T6 a datastore's path does not lead out of its folder", async () => {
    const wrong: string[] = [];
    for (const climb of [
      "../../../../secret",
      "a/../../../../../secret",
      "..%2f..%2f..%2f..%2fsecret",
      "/../../secret",
    ]) {
      const file = engine.built.write(
        "reads.yml",
        `command: cat \${{inputs.x}}\nenvironment: {image: any}\ninputs:\n  x:\n    type: uri_file\n    path: azureml://datastores/workspaceblobstore/paths/${climb}\n`,
      );
      const sheet = await engine.client
        .preflightJob({ params: { workspace: "default" }, body: { source: { file } } })
        .catch((refused: CodedError) => refused);
      const said = JSON.stringify(sheet instanceof CodedError ? sheet.message : sheet);
      const refused = sheet instanceof CodedError || sheet.refusals.length > 0;
      if (!refused) wrong.push(`${climb}: ${said}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("links in what is sent", { timeout: 120_000 }, () => {
  it("T6 a link that leads out of the code folder is refused, and named", async () => {
    const root = writeTree(join(parts.folder, "linked"), { "train.py": "print(1)\n" });
    const outside = writeTree(join(parts.folder, "linked-secret"), { key: secret });
    symlinkSync(join(outside, "key"), join(root, "config"));
    symlinkSync("..", join(root, "up"));
    const scan = await parts.snapshots.scan(root, noAnswers);
    const refusal = parts.snapshots.freeze(scan);
    await expect(refusal).rejects.toMatchObject({ code: "path-outside" });
    await expect(refusal).rejects.toThrow(`config -> ${join(outside, "key")}`);
  });

  it("T6 a file that turns into a link while it is read is never followed", async () => {
    const root = writeTree(join(parts.folder, "racing"), { "data.txt": "innocent", "train.py": "print(1)\n" });
    const outside = writeTree(join(parts.folder, "racing-secret"), { key: secret });
    const swapping = await startSwapping(join(root, "data.txt"), join(outside, "key"));
    const seen = { frozen: 0, refused: 0 };
    try {
      const end = performance.now() + 3_000;
      while (performance.now() < end) {
        const scan = await parts.snapshots.scan(root, noAnswers).catch(() => undefined);
        const frozen = scan && (await parts.snapshots.freeze(scan).catch(() => undefined));
        if (frozen === undefined) {
          seen.refused++;
          continue;
        }
        seen.frozen++;
        const files = await parts.snapshots.list(frozen.digest);
        if (!files.some(({ path }) => path === "data.txt")) continue;
        const content = await buffer(await parts.snapshots.open(frozen.digest, "data.txt"));
        expect(content.toString()).toBe("innocent");
      }
    } finally {
      swapping.kill("SIGKILL");
    }
    expect(seen.frozen).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  });
});

describe("trees from a store that was tampered with", () => {
  const hostile = ["../pwned", "a/../../pwned", "/tmp/pwned", "a//b", "./a", "a/.", "..", "", "a\u0000b"];
  it.each(hostile)("T7 a manifest that names %j makes nothing outside its folder, and nothing half", async (path) => {
    const { blobs, store, snapshots, transport, folder } = parts;
    const { sha256, bytes } = await blobs.put(Buffer.from("pwned"));
    const manifest = `slipway tree 1\n${JSON.stringify([path, 0, bytes, sha256])}\n`;
    const tree = await blobs.put(Buffer.from(manifest));
    await store.write("addTree", { digest: tree.sha256, files: 1, bytes, now: Date.now() });
    const to = join(folder, "laid", "out");
    await expect(snapshots.materialize({ digest: tree.sha256, to, transport })).rejects.toMatchObject({
      code: "path-outside",
    });
    const made = readdirSync(join(folder, "laid"), { recursive: true, withFileTypes: true });
    expect(made.filter((entry) => !entry.isDirectory())).toEqual([]);
    expect(readdirSync(folder)).not.toContain("pwned");
  });

  it("T7 a file where a folder must be, and a folder that is not empty, are refused", async () => {
    const { blobs, store, snapshots, transport, folder } = parts;
    const { sha256, bytes } = await blobs.put(Buffer.from("content"));
    const lines = [
      ["a", 0, bytes, sha256],
      ["a/b", 0, bytes, sha256],
    ]
      .map((line) => JSON.stringify(line))
      .join("\n");
    const tree = await blobs.put(Buffer.from(`slipway tree 1\n${lines}\n`));
    await store.write("addTree", { digest: tree.sha256, files: 2, bytes, now: Date.now() });
    await expect(
      snapshots.materialize({ digest: tree.sha256, to: join(folder, "clash"), transport }),
    ).rejects.toThrow();
    const planted = join(folder, "planted");
    mkdirSync(planted);
    symlinkSync(join(folder, "home"), join(planted, "a"));
    await expect(snapshots.materialize({ digest: tree.sha256, to: planted, transport })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(readFileSync(join(folder, "home/store/slipway.db")).subarray(0, 6).toString()).toBe("SQLite");
  });
});

/** Swaps a file for a link and back, as fast as a process can. */
async function startSwapping(file: string, target: string): Promise<ChildProcess> {
  const program = `
import os, sys
file, target = sys.argv[1:]
print("up", flush=True)
while True:
    os.symlink(target, target + ".l"); os.rename(target + ".l", file)
    open(target + ".f", "w").write("innocent"); os.rename(target + ".f", file)
`;
  const child = spawn("python3", ["-c", program, file, target], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  return child;
}
