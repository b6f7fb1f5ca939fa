import { expect, it } from "vitest";
import { jobNameFor } from "#client/jobName.ts";

it("the document's name, or the one set over it, comes before one that is made", async () => {
  const of = (text: string, overrides: string[] = []) => jobNameFor({ file: "/x/job.yml", text, overrides });
  expect(await of("name: mine\ncommand: x")).toBe("mine");
  expect(await of("name: mine", ["a.name=no", "name=theirs"])).toBe("theirs");
  expect(await of("command: x")).toMatch(/^[a-z]+_[a-z]+_/);
  expect(await of("name: 5")).toBeUndefined();
  expect(await of("a: [")).toBeUndefined();
  expect(await jobNameFor({ file: "/x/train.py" })).toMatch(/^[a-z]+_[a-z]+_/);
});
