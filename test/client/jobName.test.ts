import { expect, it } from "vitest";
import { jobNameFor, makeJobName } from "#client/jobName.ts";

it("a job's name looks like Azure's and differs each time", () => {
  const names = new Set(Array.from({ length: 200 }, makeJobName));
  expect(names.size).toBe(200);
  for (const name of names) expect(name).toMatch(/^[a-z]+_[a-z]+_[a-z0-9]{10}$/);
});

it("the document's name, or the one set over it, comes before one that is made", async () => {
  const of = (text: string, overrides: string[] = []) => jobNameFor({ file: "/x/job.yml", text, overrides });
  expect(await of("name: mine\ncommand: x")).toBe("mine");
  expect(await of("name: mine", ["a.name=no", "name=theirs"])).toBe("theirs");
  expect(await of("command: x")).toMatch(/^[a-z]+_[a-z]+_/);
  expect(await of("name: 5")).toBeUndefined();
  expect(await of("a: [")).toBeUndefined();
  expect(await jobNameFor({ file: "/x/train.py" })).toMatch(/^[a-z]+_[a-z]+_/);
});
