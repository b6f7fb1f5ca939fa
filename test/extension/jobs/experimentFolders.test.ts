import { expect, it } from "vitest";
import type { JobSummary } from "#contract/entities/job.ts";
import { experimentFolders, pathsOf, type ExperimentFolder } from "#extension/jobs/experimentFolders.ts";

const job = (name: string, experiment_name: string, status: JobSummary["status"] = "Completed") =>
  ({ name, experiment_name, status }) as JobSummary;

/** `vision (2): a b [digits (1): c]` */
const words = ({ label, count, jobs, folders }: ExperimentFolder): string =>
  [`${label} (${count}):`, ...jobs.map(({ name }) => name), ...folders.map((folder) => `[${words(folder)}]`)].join(" ");
const drawn = (jobs: readonly JobSummary[]) => experimentFolders(jobs).map(words);

it("a slash in an experiment's name makes folders, which count what is below", () => {
  expect(
    drawn([
      job("a", "vision/digits"),
      job("b", "vision"),
      job("c", "vision/faces/lr"),
      job("d", "text"),
      job("e", "vision"),
    ]),
  ).toEqual(["text (1): d", "vision (4): b e [digits (1): a] [faces (1): [lr (1): c]]"]);
});

it("the order of jobs stays, folders go by name and by number", () => {
  expect(drawn([job("3", "run 10"), job("2", "run 9"), job("1", "run 10")])).toEqual([
    "run 9 (1): 2",
    "run 10 (2): 3 1",
  ]);
});

it("a slash that divides nothing makes no folder, and names that differ stay apart", () => {
  expect(drawn([job("a", "/x"), job("b", "x/"), job("c", "x//y"), job("d", "x/y")])).toEqual(
    expect.arrayContaining(["/x (1): a", "x/ (1): b", "x//y (1): c", "x (1): [y (1): d]"]),
  );
});

it("running jobs are counted on every level", () => {
  const [vision] = experimentFolders([job("a", "vision/digits", "Running"), job("b", "vision"), job("c", "vision/x")]);
  expect(vision?.running).toBe(1);
  expect(vision?.folders.map(({ label, running }) => [label, running])).toEqual([
    ["digits", 1],
    ["x", 0],
  ]);
});

it("every folder of an experiment is named from the top", () => {
  expect(pathsOf("vision/digits/lr")).toEqual(["vision", "vision/digits", "vision/digits/lr"]);
});

it("every job of a thousand stands in exactly one folder", () => {
  const jobs = Array.from({ length: 1000 }, (_, index) => job(`j${index}`, `team ${index % 7}/model ${index % 31}`));
  const all = (folders: readonly ExperimentFolder[]): string[] =>
    folders.flatMap((folder) => [...folder.jobs.map(({ name }) => name), ...all(folder.folders)]);
  const folders = experimentFolders(jobs);
  expect(all(folders).sort()).toEqual(jobs.map(({ name }) => name).sort());
  expect(folders.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});
