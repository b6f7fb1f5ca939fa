import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

const yaml = `
command: >-
  test -d \${{inputs.left}} && ls -A \${{inputs.left}} &&
  echo \${{outputs.out}} \${{outputs.stored}} && echo 1 > \${{outputs.stored}}/a.txt && echo kept > outputs/b.txt
environment: {image: python}
inputs:
  left: {type: uri_folder, path: data}
outputs:
  out: {}
  stored: {path: "azureml://datastores/workspaceblobstore/paths/stored"}
`;

describe.skipIf(notBuilt)(`a home with blanks${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 180_000 }, () => {
  let home: BuiltHome;
  beforeAll(() => {
    home = new BuiltHome({ below: "it's $my home" });
  });
  afterAll(() => home.remove());

  const create = (file: string, ...more: string[]) => home.run(["job", "create", "-f", file, "--stream", ...more]);

  it("gives jobs paths that need no quotes, and what one has left is another's input", async () => {
    mkdirSync(join(home.folder, "data"));
    home.write("data/x.csv", "1\n");
    const first = await create(home.write("job.yml", yaml));
    expect(first.stderr).not.toMatch(/in quotes/u);
    expect(first.stderr).toMatch(/x\.csv\n/u);
    expect(first.code, first.stderr).toBe(0);
    const { name } = JSON.parse(first.stdout) as { name: string };
    const empty = await create("job.yml", "--set", `inputs.left.path=azureml://jobs/${name}/outputs/out`);
    expect(empty.code, empty.stderr).toBe(0);
    const whole = await create(
      "job.yml",
      "--set",
      `inputs.left.path=azureml://jobs/${name}/outputs/default/paths/outputs`,
    );
    expect(whole.stderr).toMatch(/b\.txt\n/u);
    const stored = await create("job.yml", "--set", `inputs.left.path=azureml://jobs/${name}/outputs/stored`);
    expect(stored.stderr).toMatch(/a\.txt\n/u);
    expect(stored.code, stored.stderr).toBe(0);
    const { code, stderr } = await home.run(["gc"]);
    expect(code, stderr).toBe(0);
  });

  it("has a Python by its name on the sheet, with its version", async () => {
    const file = home.write("train.py", "print(1)\n");
    const { stdout } = await home.run(["job", "create", "-f", file, "--python", "python3", "--dry-run", "-o", "json"]);
    const { environment } = JSON.parse(stdout) as { environment: { python: string } };
    expect(environment.python).toMatch(/^3\.\d+\.\d+ \(\/.*python[\d.]*\)$/u);
  });
});
