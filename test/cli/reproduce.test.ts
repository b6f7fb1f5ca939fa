import { rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

interface Report {
  verdict: string;
  reproduction: string;
  outputs: { files: { path: string; state: string }[] };
  not_pinned: { what: string }[];
}

interface Shown {
  name: string;
  tags: Record<string, string>;
  snapshot: { digest: string };
  environment_variables: Record<string, string>;
}

const program = `import os
os.makedirs("outputs", exist_ok=True)
open("outputs/said.txt", "w").write(os.environ.get("SAY", "nothing"))
`;

let home: BuiltHome;
let script: string;
beforeAll(async () => {
  home = new BuiltHome();
  if (notBuilt) return;
  script = home.write("train.py", program);
  await home.run(["job", "create", "-f", script, "--python", "python3", "--name", "first", "--stream"]);
}, 120_000);
afterAll(() => home.remove());

describe.skipIf(notBuilt)(`job reproduce${notBuilt ? `: ${notBuilt}` : ""}`, { timeout: 120_000 }, () => {
  it("runs a job again although its file is gone, and prints the report at the end", async () => {
    rmSync(script);
    const ran = await home.run(["job", "reproduce", "first", "--new-name", "second", "--stream", "-o", "json"]);
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("The same: 0 metrics and 1 output file") });
    const report = JSON.parse(ran.stdout) as Report;
    expect(report).toMatchObject({ verdict: "same", original: "first", reproduction: "second" });
    expect(report.not_pinned.map(({ what }) => what)).toContain("random seeds");
  });

  it("prints the report again, by the name of either run", async () => {
    for (const name of ["first", "second"]) {
      expect(await home.json<Report>(["job", "reproduce", name, "--report"])).toMatchObject({ reproduction: "second" });
    }
    const table = await home.run(["job", "reproduce", "-n", "second", "--report", "-o", "table"]);
    expect(table.stdout).toMatch(/^file\s+outputs\/said\.txt\s+same/mu);
  });

  it("says what is wrong, with the next step", async () => {
    expect(await home.run(["job", "reproduce", "nowhere"])).toMatchObject({ code: 3 });
    expect(await home.run(["job", "reproduce"])).toMatchObject({ code: 2 });
    const none = home.write("other.py", "print(1)\n");
    await home.run(["job", "create", "-f", none, "--python", "python3", "--name", "other", "--stream"]);
    expect(await home.run(["job", "reproduce", "other", "--report"])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("slipway job reproduce other --stream"),
    });
  });

  it("makes a job of another with changes: the same code by default, the folder's on request", async () => {
    const yaml = home.write(
      "job.yml",
      "command: cat said.txt && echo ${{inputs.n}} > outputs/n.txt\ncode: said.txt\ninputs: {n: 1}\nenvironment_variables: {SAY: hello}\n" +
        "environment: {image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04, conda_file: {dependencies: [pip]}}\n",
    );
    const said = home.write("said.txt", "one\n");
    const made = await home.json<Shown>(["job", "create", "-f", yaml, "--name", "origin"]);
    await home.run(["job", "stream", "-n", "origin"]);
    writeFileSync(said, "two\n");
    const changes = ["--set", "inputs.n=2", "environment_variables.SAY=bye"];
    const clone = await home.json<Shown>(["job", "create", "--from", "origin", "--name", "clone", ...changes]);
    expect(clone).toMatchObject({
      inputs: { n: "2" },
      environment_variables: { SAY: "bye" },
      tags: { "slipway.cloned_from": "origin" },
      snapshot: { digest: made.snapshot.digest },
    });
    expect(clone).not.toHaveProperty("source_file");
    const present = await home.json<Shown>(["job", "create", "--from", "origin", "--code", "folder", "--name", "now"]);
    expect(present.snapshot.digest).not.toBe(made.snapshot.digest);
    for (const name of ["clone", "now"]) {
      expect(await home.run(["job", "stream", "-n", name])).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(name === "clone" ? "one" : "two"),
      });
    }
  });

  it("takes a file or a job, and says so", async () => {
    const both = await home.run(["job", "create", "--from", "first", "-f", "job.yml"]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("exclude each other") });
    const none = await home.run(["job", "create"]);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("--file/-f, or --from") });
  });
});
