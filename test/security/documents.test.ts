import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import { notBuilt } from "../cli/built.ts";
import { residentBytes } from "../faults/harness/processes.ts";
import { LiveEngine } from "./liveEngine.ts";

let engine: LiveEngine;
let folder: string;
beforeAll(async () => {
  if (notBuilt) return;
  engine = await LiveEngine.start();
  folder = join(engine.built.folder, "work");
  mkdirSync(folder);
}, 120_000);
afterAll(() => engine?.close());

const run = (args: readonly string[]) => engine.built.run(args, { cwd: folder });
const write = (name: string, text: string | Buffer): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
/** What a program of an attacker's choice would have left, anywhere below this test's folder. */
const planted = () =>
  spawnSync("find", [".", "-name", "pwned*"], { cwd: engine.built.folder, encoding: "utf8" })
    .stdout.split("\n")
    .filter(Boolean)
    .map((path) => path.slice(2));
const canary = () => join(engine.built.folder, "pwned");

const bomb = (levels: number) =>
  ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    .concat(
      Array.from(
        { length: levels },
        (_, level) => `a${level + 1}: &a${level + 1} [${Array(9).fill(`*a${level}`).join(", ")}]`,
      ),
    )
    .join("\n");
const hostile: [string, string | Buffer, RegExp][] = [
  ["a bomb of aliases", `${bomb(12)}\ncommand: echo\n`, /too-many-nodes/u],
  [
    "a bomb of merge keys",
    `a0: &a0 {${Array.from({ length: 500 }, (_, key) => `k${key}: 1`).join(", ")}}\n${Array.from({ length: 80 }, (_, level) => `a${level + 1}: &a${level + 1} {<<: *a${level}}`).join("\n")}\n`,
    /too-many-nodes/u,
  ],
  ["an alias inside its own anchor", "a: &a [*a]\ncommand: echo\n", /cyclic-reference/u],
  ["a hundred thousand brackets", "[".repeat(100_000), /too-deep/u],
  ["ten megabytes", `a: ${"x".repeat(10_000_000)}\n`, /too-large/u],
  ["a function", "command: !!js/function 'function () { return 1 }'\n", /refused-tag/u],
  ["a Python object", "command: !!python/object/apply:os.system ['touch pwned']\n", /refused-tag/u],
  ["a prototype", "command: echo\n__proto__: {polluted: true}\ntags: {__proto__: {polluted: true}}\n", /unsafe-key/u],
  ["a key twice", "command: a\ncommand: b\n", /duplicate-key/u],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x61, 0x00]), /not UTF-8 text/u],
];

describe.skipIf(notBuilt)(`documents of others${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it.each(hostile)(
    "T9 %s is refused in time and memory, on the terminal and by the engine",
    async (_what, content, code) => {
      const text = Buffer.isBuffer(content)
        ? content
        : `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n${content}`;
      const file = write("hostile.yml", text);
      const before = residentBytes(engine.client.engine.pid);
      const validated = await run(["validate", file, "--format", "json"]);
      expect(validated.code).toBe(1);
      expect(validated.stdout).toMatch(code);
      expect(validated.stdout.length).toBeLessThan(500_000);
      const created = await run(["job", "create", "-f", file]);
      expect(created).toMatchObject({ code: 1, stdout: "" });
      expect(created.stderr.length).toBeLessThan(100_000);
      expect(residentBytes(engine.client.engine.pid) - before).toBeLessThan(150e6);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      expect((await engine.client.listJobs({ params: { workspace: "default" } })).total).toBe(0);
      expect(planted()).toEqual([]);
    },
  );

  it("T9 the same in a conda file, a data asset and a tag of --set", async () => {
    write("conda.yml", bomb(12));
    const job = write("conda-job.yml", "command: echo\nenvironment: {image: any, conda_file: conda.yml}\n");
    expect((await run(["job", "create", "-f", job])).code).toBe(1);
    const asset = write("asset.yml", `name: x\npath: .\ntype: uri_folder\ntags: {b: !!python/name:os.system ""}\n`);
    expect((await run(["data", "create", "-f", asset])).code).toBe(1);
    const plain = write("plain.yml", "command: echo\nenvironment: {image: any}\n");
    const set = await run(["job", "create", "-f", plain, "--dry-run", "--set", "tags.__proto__.polluted=1"]);
    expect(set.code).not.toBe(0);
    expect(planted()).toEqual([]);
  });
});

/** Names that bash would take apart. */
const names = [
  "'; touch PWNED; #",
  "$(touch PWNED)",
  "`touch PWNED`",
  "a\ntouch PWNED\n",
  "-rf",
  "a b",
  "a;touch PWNED",
  "a|touch PWNED",
  "a&touch PWNED&",
  "a>PWNED",
  "${IFS}x",
  "*",
  "~",
  "!!",
  "{a,b}",
];

describe.skipIf(notBuilt)(
  `values of others in a command${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 180_000 },
  () => {
    const isFileName = (name: string) => !name.includes("/");

    it("T10 the name of a file in somebody's data asset is plain, or the job is refused with the reason", async () => {
      const template = join(folder, "names");
      const jobs: { name: string; job: string }[] = [];
      for (const [index, raw] of names.filter(isFileName).entries()) {
        // A file's name holds no slash, so what it would do is done in the job's own folder.
        const name = raw.replaceAll("PWNED", `pwned${index}`);
        const place = `${template}${index}`;
        mkdirSync(place);
        writeFileSync(join(place, name), "data");
        const asset = `named${index}`;
        await engine.client.createAsset({
          params: { workspace: "default", kind: "data" },
          body: { fields: { name: asset, version: "1", type: "uri_file", path: join(place, name) } },
        });
        const file = write(
          `named${index}.yml`,
          `command: cat \${{inputs.x}}; ls -a > outputs/list; true\nenvironment: {image: any}\ninputs:\n  x: {type: uri_file, path: "azureml:${asset}:1"}\n`,
        );
        const submitted = await engine.client.submit("default", { source: { file }, name: `foreign${index}` });
        jobs.push({ name, job: submitted.name });
      }
      for (const { name, job } of jobs) {
        const ended = await engine.ended(job, 120_000);
        expect([name, ended.status, ended.error?.class]).toEqual([name, "Failed", "path"]);
        expect(ended.error?.message).toContain("is named");
        expect(ended.error?.message).toContain("Give it another name");
      }
      expect(planted().filter((path) => !path.startsWith("work/names"))).toEqual([]);
    });

    it("T10 the URL of somebody's data asset is plain when it is handed on as it is", async () => {
      await engine.client.createAsset({
        params: { workspace: "default", kind: "data" },
        body: {
          fields: {
            name: "url",
            version: "1",
            type: "uri_file",
            path: `https://example.com/$(touch${"${IFS}"}${canary()})`,
          },
        },
      });
      const file = write(
        "url.yml",
        'command: echo ${{inputs.x}}\nenvironment: {image: any}\ninputs:\n  x: {type: uri_file, mode: direct, path: "azureml:url:1"}\n',
      );
      const job = await engine.client.submit("default", { source: { file }, name: "url_job" });
      expect(await engine.ended(job.name)).toMatchObject({
        status: "Failed",
        error: { class: "path", message: expect.stringContaining("bash does not read as plain text") },
      });
      expect(planted().filter((path) => !path.startsWith("work/names"))).toEqual([]);
    });

    it("T10 paths that we make are plain, however the home and the folder are called", async () => {
      const odd = join(folder, 'it\'s $(touch pwned) a "folder"');
      mkdirSync(odd);
      writeFileSync(join(odd, "data.csv"), "a,b\n");
      writeFileSync(
        join(odd, "job.yml"),
        "command: cat ${{inputs.x}}/data.csv > ${{outputs.y}}/copy.csv\nenvironment: {image: any}\ninputs:\n  x: {type: uri_folder, path: .}\noutputs:\n  y: {type: uri_folder}\n",
      );
      const job = await engine.client.submit("default", { source: { file: join(odd, "job.yml") }, name: "odd_folder" });
      const ended = await engine.ended(job.name);
      expect(ended, JSON.stringify(ended.error)).toMatchObject({ status: "Completed" });
      expect(planted().filter((path) => !path.startsWith("work/names"))).toEqual([]);
    });
  },
);

describe.skipIf(notBuilt)(
  `words of others for our own processes${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    const optionLike = ["-x", "--help", "-oProxyCommand=touch pwned", "--upload-pack=touch pwned", "-e touch pwned"];

    it("T11 names that begin with a dash or hold a line end are no names", async () => {
      const file = write("named.yml", "command: echo\nenvironment: {image: any}\n");
      for (const name of [...optionLike, "a\nb", "a\rb", "a b", "a;id", "a\u0000b"]) {
        const submit = engine.client.submit("default", { source: { file }, name });
        await expect(submit, JSON.stringify(name)).rejects.toMatchObject({ status: 400 });
        const asset = engine.client.createAsset({
          params: { workspace: "default", kind: "data" },
          body: { fields: { name, version: "1", type: "uri_file", path: file } },
        });
        await expect(asset, JSON.stringify(name)).rejects.toMatchObject({ status: 400 });
      }
      const yaml = write(
        "yaml-name.yml",
        'name: "-x\\n#SBATCH --wrap=touch"\ncommand: echo\nenvironment: {image: any}\n',
      );
      expect((await run(["job", "create", "-f", yaml])).code).toBe(1);
    });

    it("T11 lines of a conda file are requirements or index options; every other option is refused by name", async () => {
      const lines = [
        "-e .",
        "-r /etc/passwd",
        "--requirement=/etc/passwd",
        "--config-settings=x",
        "a --global-option=pwned",
        "--python=/bin/true",
        "-c pwned",
        "-t pwned",
        "--target=pwned",
        "--cache-dir=pwned",
        "--build-option=x",
        "file:///etc/passwd",
      ];
      const jobFile = write("conda-job.yml", "command: echo\nenvironment: {image: any, conda_file: conda.yml}\n");
      for (const line of lines) {
        write("conda.yml", `name: x\ndependencies:\n- python\n- pip:\n  - ${JSON.stringify(line)}\n`);
        const { stdout } = await run(["job", "create", "-f", jobFile, "--dry-run", "-o", "json"]);
        const { refusals } = JSON.parse(stdout) as { refusals: string[] };
        expect([line, refusals.length]).toEqual([line, 1]);
      }
      write(
        "conda.yml",
        'name: x\nchannels: ["-x", "$(touch pwned)"]\ndependencies:\n- "--file=pwned"\n- "python;touch pwned"\n',
      );
      const file = write("conda-job.yml", "command: echo\nenvironment: {image: any, conda_file: conda.yml}\n");
      expect((await run(["job", "create", "-f", file])).code).not.toBe(0);
      expect(planted().filter((path) => !path.startsWith("work/names"))).toEqual([]);
    });

    it("T11 T12 a repository's own words run nothing when its state is read", async () => {
      const repository = join(folder, "repository");
      mkdirSync(repository);
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
          cwd: repository,
          stdio: "pipe",
        });
      git("init", "-q");
      writeFileSync(join(repository, "train.py"), "print(1)\n");
      git("add", ".");
      git("commit", "-qm", "first");
      const touch = `touch ${canary()}`;
      for (const [key, value] of [
        ["core.fsmonitor", touch],
        ["core.pager", touch],
        ["core.sshCommand", touch],
        ["core.editor", touch],
        ["core.askPass", touch],
        ["diff.external", touch],
        ["diff.x.textconv", touch],
        ["diff.x.command", touch],
        ["credential.helper", `!${touch}`],
        ["alias.status", `!${touch}`],
        ["remote.origin.url", `--upload-pack=${touch}`],
        ["remote.origin.uploadpack", touch],
        ["core.hooksPath", join(repository, "hooks")],
        ["gpg.program", touch],
        ["filter.x.clean", touch],
        ["filter.x.smudge", touch],
        ["filter.a.b.c.process", touch],
        ["filter.a.b.c.required", "true"],
        ["log.showSignature", "true"],
      ] as const) {
        git("config", key, value);
      }
      mkdirSync(join(repository, "hooks"));
      for (const hook of ["post-index-change", "pre-commit", "fsmonitor-watchman", "reference-transaction"]) {
        writeFileSync(join(repository, "hooks", hook), `#!/bin/sh\n${touch}\n`, { mode: 0o755 });
      }
      writeFileSync(join(repository, ".gitattributes"), "*.py diff=x filter=x\n*.txt filter=a.b.c\n");
      writeFileSync(join(repository, "new.txt"), "new\n");
      writeFileSync(join(repository, "train.py"), "print(2)\n");
      const submitted = await engine.client.submit("default", {
        source: { file: join(repository, "train.py") },
        python: "python3",
        name: "in_git",
      });
      const ended: Job = await engine.ended(submitted.name);
      expect(ended).toMatchObject({ status: "Completed", git: { dirty: true } });
      expect(existsSync(canary())).toBe(false);
      expect(planted().filter((path) => !path.startsWith("work/names"))).toEqual([]);
      expect(readFileSync(join(repository, "train.py"), "utf8")).toBe("print(2)\n");
    });

    it("T11 the Python of a script is a program, not an option or a shell's line", async () => {
      const script = write("script.py", "print(1)\n");
      for (const python of [
        "-c",
        "--version",
        `python3; touch ${canary()}`,
        `$(touch ${canary()})`,
        "python3 -c pass",
        "",
      ]) {
        const { code } = await run(["job", "create", "-f", script, `--python=${python}`, "--stream"]);
        if (python !== "") expect([python, code]).not.toEqual([python, 0]);
      }
      expect(existsSync(canary())).toBe(false);
    });
  },
);
