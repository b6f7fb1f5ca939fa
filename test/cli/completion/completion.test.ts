import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { powershellScript } from "#cli/completion/powershell.ts";
import { wordsOf } from "#cli/completion/words.ts";
import { program } from "#cli/program.ts";
import { BuiltHome, notBuilt } from "../built.ts";

const without = (shell: string): string | undefined =>
  notBuilt ?? (spawnSync(shell, ["--version"]).error ? `${shell} is not installed` : undefined);
const title = (shell: string): string => `${shell}${without(shell) ? `: skipped, ${without(shell)}` : ""}`;

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  const cli = join(import.meta.dirname, "../../../dist/cli/slipway.js");
  mkdirSync(join(home.folder, "bin"));
  const slipway = join(home.folder, "bin/slipway");
  writeFileSync(slipway, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  chmodSync(slipway, 0o755);
  home.env["PATH"] = `${join(home.folder, "bin")}:${process.env["PATH"] ?? ""}`;
  home.env["HOME"] = home.folder;
  if (notBuilt) return;
  for (const shell of ["bash", "zsh", "fish"]) {
    home.write(`slipway.${shell}`, (await home.run(["completion", shell, "--az"])).stdout);
  }
});
afterAll(() => home.remove());

/** What a shell offers for a line: its last word is the one that is completed. */
type Offers = (line: string) => string[];

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const run = (shell: string, args: string[]): string[] =>
  lines(execFileSync(shell, args, { env: home.env, cwd: home.folder, encoding: "utf8" }));

const bash: Offers = (line) => {
  // As readline splits a line: `=` is a word of its own.
  const words = line.split(" ").flatMap((word) => word.split(/(=)/).filter((part, at) => part !== "" || at === 0));
  return run("bash", [
    "--norc",
    "-c",
    `source slipway.bash; complete -p slipway az >/dev/null
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    ...words,
  ]);
};

const zsh: Offers = (line) =>
  run("zsh", [
    "-fc",
    `compdef() { :; }; source ./slipway.zsh
compadd() { shift; print -l -- $@; }; compset() { :; }; _files() { print FILES; }; _message() { :; }
_describe() { [[ $1 == -o ]] && shift; print -l -- "\${(@)\${(P)2}%%:*}"; }
words=("$@"); CURRENT=$#; _slipway`,
    "zsh",
    ...line.split(" "),
  ]);

const fish: Offers = (line) =>
  run("fish", ["--no-config", "-c", `source slipway.fish; complete -C ${JSON.stringify(line)}`]).map(
    (offer) => offer.split("\t")[0] ?? "",
  );

function completes(shell: string, offers: Offers, filters: boolean): void {
  it("nouns, verbs and options, also behind `ml` and `az ml`", () => {
    expect(offers("slipway ")).toEqual(expect.arrayContaining(["job", "compute", "az"]));
    expect(offers("slipway job ")).toEqual(expect.arrayContaining(["create", "show"]));
    expect(offers("slipway az ml job ")).toEqual(offers("slipway job "));
    expect(offers("slipway ml job ")).toEqual(offers("slipway job "));
    expect(offers("slipway az account ")).toEqual(expect.arrayContaining(["show", "set"]));
    expect(offers("slipway job show --")).toEqual(expect.arrayContaining(["--name", "--query"]));
    if (filters) expect(offers("slipway jo")).toEqual(["job"]);
  });

  it("values that are one of a few", () => {
    expect(offers("slipway job show -o ")).toEqual(expect.arrayContaining(["json", "tsv"]));
    expect(offers("slipway job list --status ")).toEqual(expect.arrayContaining(["Completed", "Failed"]));
    expect(offers("slipway data create --type ")).toEqual(["uri_file", "uri_folder", "mltable"].sort(compare));
  });

  it("names of the engine that runs, and starts none", async () => {
    await home.run(["engine", "stop"]);
    expect(offers("slipway compute show --name ")).toEqual([]);
    expect(existsSync(join(home.home, "engine.json"))).toBe(false);
    await home.run(["workspace", "create", "-n", "team"]);
    expect(offers("slipway compute show --name ")).toEqual(["local"]);
    expect(offers("slipway job list -w ").sort(compare)).toEqual(["default", "team"]);
  }, 60_000);
}

const compare = (left: string, right: string): number => (left < right ? -1 : 1);
const sorted =
  (offers: Offers): Offers =>
  (line) =>
    offers(line).sort(compare);

describe.skipIf(without("bash"))(title("bash"), { timeout: 60_000 }, () => {
  completes("bash", sorted(bash), true);

  it("a value after an equals sign, and `az` where it is asked for", () => {
    expect(bash("slipway job show --output=t")).toEqual(["table", "tsv"]);
    expect(bash("slipway job show --output=")).toContain("yamlc");
    expect(bash("az ml job sh")).toEqual(["show"]);
    expect(bash("az acc")).toEqual(["account"]);
  });

  it("nothing where files are wanted, so that bash offers them", () => {
    expect(bash("slipway job create -f ")).toEqual([]);
    expect(bash("slipway validate ")).toEqual([]);
    expect(bash("slipway validate --f")).toEqual(["--format"]);
  });
});

describe.skipIf(without("zsh"))(title("zsh"), { timeout: 60_000 }, () => {
  completes("zsh", sorted(zsh), false);

  it("files", () => {
    expect(zsh("slipway job create -f ")).toEqual(["FILES"]);
    expect(zsh("slipway validate ")).toEqual(["FILES"]);
  });
});

describe.skipIf(without("fish"))(title("fish"), { timeout: 60_000 }, () => {
  completes("fish", sorted(fish), true);

  it("files", () => {
    home.write("job.yml", "");
    expect(fish("slipway job create -f jo")).toEqual(["job.yml"]);
  });
});

it("the script of PowerShell has every command and its options", async () => {
  const words = await wordsOf(program);
  const script = powershellScript(words, ["slipway"]);
  expect(words.leaves.length).toBeGreaterThan(50);
  for (const { at } of words.leaves) expect(script).toContain(`    '${at}' = @(\n`);
  expect(script).toContain("@('--parent-job-name', 'names job')");
  expect(script).toContain("-CommandName slipway -ScriptBlock");
});
