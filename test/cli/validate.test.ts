import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateFiles } from "#cli/validation/validateFiles.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-validate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const good = "command: python train.py\ncode: src\nenvironment: azureml:e@latest\n";

describe("files are checked without an engine", () => {
  it("with the path as given, the kind, and each problem's place", () => {
    mkdirSync(join(folder, "src"));
    const path = write("job.yml", `${good}comptue: local\n`);
    expect(validateFiles([path])).toEqual([
      {
        path,
        kind: "job:command",
        valid: false,
        problems: [
          {
            code: "unknown-key",
            severity: "error",
            message: expect.stringContaining("Did you mean 'compute'?"),
            line: 4,
            column: 1,
            path: "comptue",
          },
        ],
      },
    ]);
  });

  it("a missing code folder is an error until it is there", () => {
    const path = write("job.yml", good);
    expect(validateFiles([path])[0]).toMatchObject({ valid: false, problems: [{ line: 2 }] });
    mkdirSync(join(folder, "src"));
    expect(validateFiles([path])[0]).toMatchObject({ valid: true, problems: [] });
  });

  it("with --set merged before the check, and problems of a --set said to be its own", () => {
    mkdirSync(join(folder, "src"));
    const path = write("job.yml", good);
    expect(validateFiles([path], { set: ["display_name=x", "inputs.a=1"] })[0]?.valid).toBe(true);
    expect(validateFiles([path], { set: ["nme=x"] })[0]).toMatchObject({
      valid: false,
      problems: [{ code: "unknown-key", origin: "flag" }],
    });
    expect(validateFiles([path], { set: ["novalue"] })[0]).toMatchObject({ valid: false });
  });

  it("below folders too, in name order, but not hidden ones", () => {
    for (const name of ["b", "a", ".hidden", "node_modules"]) {
      mkdirSync(join(folder, name));
      write(`${name}/env.yaml`, "image: x\n");
    }
    write("notes.txt", "no YAML");
    expect(validateFiles([folder]).map(({ path }) => path)).toEqual([
      join(folder, "a/env.yaml"),
      join(folder, "b/env.yaml"),
    ]);
  });

  it.each([
    ["that is not there", undefined, "file-not-found"],
    ["that is not UTF-8", Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]), "syntax-error"],
    ["that is not YAML", "a: [1\nb: }\n", "syntax-error"],
  ])("a file %s is one clear problem", (_, content, code) => {
    const path = content === undefined ? join(folder, "absent.yml") : write("bad.yml", content);
    const [verdict] = validateFiles([path]);
    expect(verdict).toMatchObject({ path, valid: false });
    expect(verdict!.problems[0]).toMatchObject({ code, severity: "error" });
  });

  it("a kind that is not known yet is valid, with an info that says so", () => {
    const schema = "https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json";
    const path = write("pipeline.yml", `$schema: ${schema}\ntype: pipeline\njobs: {}\n`);
    expect(validateFiles([path])[0]).toMatchObject({ valid: true, problems: [{ severity: "info" }] });
  });

  it("a file that must be a job is refused when it is none", () => {
    const path = write(
      "env.yml",
      "$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json\nname: e\nimage: x\n",
    );
    expect(validateFiles([path])[0]?.valid).toBe(true);
    expect(validateFiles([path], { expect: "job" })[0]).toMatchObject({
      valid: false,
      problems: [{ code: "unexpected-kind" }],
    });
  });
});
