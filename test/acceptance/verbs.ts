import { expect, it } from "vitest";
import type { ShownJob, User } from "./user.ts";

const hello = "command: echo hello ${{inputs.who}}\ninputs:\n  who: you\n";

/** The command line as scripts for `az ml` use it. */
export function verbs(user: User): void {
  it("--set changes the document before it is read, in every form", async () => {
    const set = ["inputs.who=all of you", "tags.lr=1e-3", "display_name=Other", "environment_variables.A=5"];
    const { job, log } = await user.job("set", hello, "--set", ...set, "--set", "experiment_name=named");
    expect(log).toBe("hello all of you\n");
    expect(job).toMatchObject({ display_name: "Other", experiment_name: "named", tags: { lr: "1e-3" } });
  });

  it("the same name twice is the same job, and other content under it is refused", async () => {
    await user.job("twice", hello);
    const again = ["job", "create", "-f", "twice.yml", "--name", "twice"];
    expect(await user.json<ShownJob>(...again)).toMatchObject({ name: "twice", status: "Completed" });
    const other = await user.run(...again, "--set", "inputs.who=me");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain("There is a job twice with other content already.");
  });

  it("results are JSON, tables, values and nothing, picked by --query, with abbreviated options", async () => {
    const show = (...more: string[]) => user.run("job", "show", ...more);
    expect((await show("--n", "twice", "--query", "status", "-o", "tsv")).stdout).toBe("Completed\n");
    expect((await show("--name=twice", "--quer=services.Studio.endpoint", "--output=tsv")).stdout).toContain("twice");
    expect((await show("-n", "twice", "-o", "none")).stdout).toBe("");
    expect((await show("-n", "twice", "-o", "yaml")).stdout).toContain("\nname: twice\n");
    const list = (query: string, format: string) => user.run("job", "list", "--query", query, "-o", format);
    expect((await list("[?contains(display_name,'twic')].{Name:name}", "table")).stdout).toContain(
      "Name\n-----\ntwice",
    );
    expect(await list("[[", "tsv")).toMatchObject({ code: 2 });
  });

  it("a workspace that is not there is an error for every verb", async () => {
    for (const words of ["job list", "job show -n x", "data list", "model list", "datastore list", "compute list"]) {
      const ran = await user.run(...words.split(" "), "-w", "nowhere");
      expect([ran.code, ran.stdout], words).toEqual([3, ""]);
      expect(ran.stderr, words).toContain("There is no workspace nowhere.");
    }
  });

  it("workspaces keep jobs of one name apart", async () => {
    await user.run("workspace", "create", "--name", "second");
    const { log } = await user.job("twice", hello, "-w", "second", "--set", "inputs.who=second");
    expect(log).toBe("hello you\n");
    const streamed = await user.run("job", "stream", "-n", "twice", "-w", "second");
    expect(streamed.stdout).toBe("hello second\n");
  });

  it("a job that names a parent stands under it alone", async () => {
    await user.job("child", hello, "--set", "parent_job_name=twice");
    const names = async (...more: string[]) =>
      (await user.json<ShownJob[]>("job", "list", ...more)).map((job) => job.name);
    expect(await names()).not.toContain("child");
    expect(await names("--parent-job-name", "twice")).toEqual(["child"]);
    const orphan = await user.run("job", "create", "-f", "child.yml", "--set", "parent_job_name=nobody");
    expect(orphan).toMatchObject({ code: 3, stderr: expect.stringContaining("There is no job nobody") });
  });
}
