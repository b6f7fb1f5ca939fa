import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import { BuiltHome, notBuilt } from "../../cli/built.ts";

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (!notBuilt) await home.run(["engine", "start"]);
}, 120_000);
afterAll(() => home.remove());

const environment = "environment: {image: any}\n";

interface Case {
  what: string;
  /** `job.yml` first; further files by their path. */
  files: Record<string, string>;
  /** Where, why, and what to do: each must be said. */
  place: string | RegExp;
  reason: string | RegExp;
  next: string | RegExp;
}

const cases: Case[] = [
  {
    what: "malformed YAML",
    files: { "job.yml": "command: echo hi\nenvironment: {image: any\n" },
    place: "job.yml:3:1",
    reason: /YAML syntax: Flow map/u,
    next: "Line the entries up with spaces.",
  },
  {
    what: "a tab as indentation",
    files: { "job.yml": `${environment}command: echo\ninputs:\n\tx: 1\n` },
    place: /job\.yml:4:\d/u,
    reason: /[Tt]ab/u,
    next: /spaces/u,
  },
  {
    what: "a wrong type",
    files: { "job.yml": `command: [echo, hi]\n${environment}` },
    place: /job\.yml:1:\d/u,
    reason: "'command' must be text, and it is a list.",
    next: "Correct it.",
  },
  {
    what: "an unknown key",
    files: { "job.yml": `command: echo hi\n${environment}experiment_nam: x\n` },
    place: "job.yml:3:1",
    reason: "'experiment_nam' is not a key of this file.",
    next: "Did you mean 'experiment_name'?",
  },
  {
    what: "a key twice",
    files: { "job.yml": `command: echo hi\ncommand: echo ho\n${environment}` },
    place: /job\.yml:2:\d/u,
    reason: /command/u,
    next: /[Rr]emove|one/u,
  },
  {
    what: "a missing code folder",
    files: { "job.yml": `command: echo hi\ncode: ./src\n${environment}` },
    place: "job.yml:2:7",
    reason: "The code folder './src' does not exist (looked for ",
    next: "Create it, or correct the path (relative to this file).",
  },
  {
    what: "a missing input file",
    files: {
      "job.yml": `command: cat \${{inputs.a}}\n${environment}inputs:\n  a: {type: uri_file, path: no/such.csv}\n`,
    },
    place: /Input a: There is nothing at .*no\/such\.csv/u,
    reason: "There is nothing at",
    next: "check the spelling",
  },
  {
    what: "a missing conda file",
    files: { "job.yml": "command: echo hi\nenvironment: {image: any, conda_file: conda.yml}\n" },
    place: /job\.yml:2:\d+/u,
    reason: /conda\.yml.* does not exist/u,
    next: /[Cc]orrect the path|[Cc]reate it/u,
  },
  {
    what: "a dangling data asset",
    files: {
      "job.yml": `command: cat \${{inputs.a}}\n${environment}inputs:\n  a: {type: uri_file, path: "azureml:gone:1"}\n`,
    },
    place: "Input a",
    reason: "There is no data asset gone:1 in the workspace default.",
    next: "slipway data list --name gone",
  },
  {
    what: "a dangling environment",
    files: { "job.yml": "command: echo hi\nenvironment: azureml:gone:3\n" },
    place: "azureml:gone:3",
    reason: /no environment that the catalogue knows/u,
    next: /environments\.yml/u,
  },
  {
    what: "an alias inside its own anchor",
    files: { "job.yml": `command: echo hi\n${environment}tags: &a {b: *a}\n` },
    place: /job\.yml:3:\d+/u,
    reason: "The alias '*a' stands inside its own anchor.",
    next: "Write the value out.",
  },
  {
    what: "an input that nobody declared",
    files: { "job.yml": `command: echo \${{inputs.nope}}\n${environment}inputs: {hope: 1}\n` },
    place: "job.yml:1:15",
    reason: "${{inputs.nope}} names an input that is not declared.",
    next: /correct the name|Did you mean/u,
  },
  {
    what: "an expression without end",
    files: { "job.yml": `command: echo \${{inputs.a\n${environment}inputs: {a: 1}\n` },
    place: "job.yml:1:15",
    reason: "'${{' has no closing '}}'.",
    next: "Close it, as in ${{inputs.data}}.",
  },
  {
    what: "an expression of nothing",
    files: { "job.yml": `command: echo \${{nothing.at.all}}\n${environment}` },
    place: "job.yml:1:15",
    reason: /nothing/u,
    next: /inputs|outputs/u,
  },
  {
    what: "a file that is not there",
    files: { "other.yml": "" },
    place: /There is no file .*job\.yml/u,
    reason: "There is no file",
    next: "Check the path after -f.",
  },
  {
    what: "an empty file",
    files: { "job.yml": "" },
    place: /job\.yml/u,
    reason: /empty|needs the key|mapping|no kind/iu,
    next: /Add it|Write|Correct/u,
  },
  {
    what: "a file of bytes",
    files: { "job.yml": "\u0000\u0001\u0002command: x\n" },
    place: /job\.yml:1:\d/u,
    reason: /character|byte/iu,
    next: /Remove|Correct|Save/u,
  },
];

describe.skipIf(notBuilt)(`a document that cannot be${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it.each(cases)("$what: place, reason and next step, and nothing is left of it", async (given) => {
    const folder = join(home.folder, `case-${cases.indexOf(given)}`);
    for (const [path, text] of Object.entries(given.files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { code, stdout, stderr } = await home.run(["job", "create", "-f", join(folder, "job.yml"), "--stream"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const words of [given.place, given.reason, given.next]) {
      if (typeof words === "string") expect(stderr).toContain(words);
      else expect(stderr).toMatch(words);
    }
    expect(stderr).not.toMatch(/\n\s+at .*\(|node:internal|Error:/u);
    expect(await home.json<Job[]>(["job", "list"])).toEqual([]);
    expect(existsSync(join(home.home, "targets/local/jobs"))).toBe(false);
  });

  it("a conda file that cannot be solved fails the job in the solver's words, and leaves no environment", async () => {
    home.write("conda.yml", "name: x\ndependencies:\n- python\n- pip:\n  - numpy==99.99.99\n");
    const file = home.write("solve.yml", "command: echo hi\nenvironment: {image: any, conda_file: conda.yml}\n");
    const { code, stdout, stderr } = await home.run(["job", "create", "-f", file, "--stream", "-o", "json"]);
    expect(code).toBe(1);
    const job = JSON.parse(stdout) as Job;
    const words = "there is no version of numpy==99.99.99";
    expect(job).toMatchObject({
      status: "Failed",
      error: {
        class: "environment",
        code: "EnvironmentFailed",
        message: expect.stringContaining(words),
        fix: { action: "open-build-log" },
      },
    });
    expect(stderr).toContain(words);
    expect(stderr).toContain("Change the requirements");
    expect(job.phases.map(({ name }) => name)).not.toContain("Running");
    const built = join(home.home, "targets/local/environments");
    // Why it failed is kept for who asks next; what was half made is not.
    const folders = readdirSync(built, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name)).toEqual([]);
    expect(readdirSync(join(home.home, "targets/local/jobs/default", job.name))).toEqual([]);
  });
});

describe.skipIf(notBuilt)(`a run that does not exist${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it.each(["show", "stream", "cancel", "download", "archive", "restore"])(
    "job %s says so with exit code 3",
    async (verb) => {
      const ran = await home.run(["job", verb, "-n", "no_such_run"]);
      expect(ran).toMatchObject({ code: 3, stdout: "" });
      expect(ran.stderr).toContain("There is no job no_such_run in the workspace default.");
      expect(ran.stderr).toContain("slipway job list");
    },
  );

  it("job update and the MLflow API say so too", async () => {
    const ran = await home.run(["job", "update", "-n", "no_such_run", "--set", "display_name=x"]);
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("There is no job no_such_run") });
    const { stdout } = await home.run(["env"]);
    const variable = (name: string) => new RegExp(`${name}='([^']*)'`, "u").exec(stdout)?.[1] ?? "";
    const reply = await fetch(`${variable("MLFLOW_TRACKING_URI")}/api/2.0/mlflow/runs/get?run_id=no_such_run`, {
      headers: { authorization: `Bearer ${variable("MLFLOW_TRACKING_TOKEN")}` },
    });
    expect(reply.status).toBe(404);
    expect(await reply.json()).toMatchObject({
      error_code: "RESOURCE_DOES_NOT_EXIST",
      message: expect.stringContaining("no_such_run"),
    });
  });
});
