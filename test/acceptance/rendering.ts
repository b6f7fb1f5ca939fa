import { expect, it } from "vitest";
import type { User } from "./user.ts";

/** The command as the program gets it, and the folder it runs in. */
export function rendering(user: User): void {
  it("literals reach the program as Python's str() would write them, and nothing is quoted", async () => {
    const { job, log } = await user.job(
      "literals",
      `
command: >-
  python show.py ${"${{inputs.f}} ${{inputs.one}} ${{inputs.sci}} ${{inputs.text}} ${{inputs.truth}} ${{inputs.octal}}"}
  ${'${{inputs.time}} ${{inputs.big}} "${{inputs.spaces}}" ${{inputs.spaces}} "${{inputs.pattern}}" [${{inputs.kept}}]'} $GREETING
code: src
compute: azureml:cpu-cluster
environment_variables:
  GREETING: "v x"
inputs:
  f: False
  one: 1.0
  sci: 0.00001
  text: 2e-5
  truth: yes
  octal: 010
  time: 12:30:00
  big: 12345678901234567890
  spaces: "a  b"
  pattern: '(.*)\\.jpg'
  kept: "07"
`,
    );
    const words = ["False", "1.0", "1e-05", "2e-5", "True", "8", "45000", "12345678901234567890"];
    const quoted = ["a  b", "a", "b", "(.*)\\.jpg", "[07]", "v", "x"];
    expect(JSON.parse(log.split("\n")[0] ?? "")).toEqual([...words, ...quoted]);
    expect(log).toContain("['logs', 'outputs', 'show.py']");
    expect(job).toMatchObject({ status: "Completed", inputs: { f: "False", one: "1.0", sci: "1e-05", text: "2e-5" } });
    // Azure names the experiment after the folder that one stands in.
    expect(job.experiment_name).toBe("myproject");
  });

  it("one bash runs the whole text, the last exit code wins, and no code is an empty folder", async () => {
    const { code, log } = await user.job(
      "shell",
      `
command: |
  ls -A; echo one & wait
  false
  echo "$[[--a \${{inputs.a}}]] [$[[inputs.unknown]]] $RANK/$WORLD_SIZE \${BASH_VERSION:+bash}"
  echo "$AZUREML_RUN_ID $MLFLOW_RUN_ID $AZUREML_ARM_WORKSPACE_NAME"; test -n "$MLFLOW_TRACKING_TOKEN" && echo token
inputs:
  a: 1.0
distribution:
  type: pytorch
`,
    );
    expect(log.split("\n")).toEqual([
      "logs",
      "outputs",
      "one",
      "--a 1.0 [inputs.unknown] 0/1 bash",
      "shell shell default",
      "token",
      "",
    ]);
    expect(code).toBe(0);
  });

  it("a folded command is one line, also where its author meant two", async () => {
    const { code, log } = await user.job("folded", "command: >-\n  echo one\n  echo two\n");
    expect([code, log]).toEqual([0, "one echo two\n"]);
  });

  it("code may be one file, or climb out of its YAML file's folder", async () => {
    const one = await user.job("one_file", "command: ls -A\ncode: src/show.py\n");
    expect(one.log).toBe("logs\noutputs\nshow.py\n");
    user.files({ "deep/climbing.yml": "command: ls -A\ncode: ../src/\nenvironment: { image: python }\n" });
    const climbing = await user.run("job", "create", "-f", "deep/climbing.yml", "--stream", "-o", "none");
    expect(climbing).toMatchObject({ code: 0, stdout: "" });
    expect(climbing.stderr).toContain("show.py\n");
  });

  it("a job that runs too long is ended", async () => {
    const { job, code } = await user.job("slow", "command: sleep 100\nlimits: { timeout: 2 }\n");
    expect([job.status, code]).toEqual(["Failed", 1]);
  });
}
