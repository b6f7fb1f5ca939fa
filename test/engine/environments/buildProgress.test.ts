import { expect, it } from "vitest";
import { progressText } from "#client/progressText.ts";
import type { Progress } from "#contract/entities/progress.ts";
import { BuildProgress } from "#engine/environments/buildProgress.ts";

/** As uv writes it to a pipe. */
const log = `Installing uv
Collecting uv
  Downloading uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl (17.6 MB)
Installing collected packages: uv
Resolving 12 requirements for Python 3.10.13
Installing 94 packages
Using Python 3.10.13 environment at: 21814703beada9e876d3fe59907b303b
Resolved 94 packages in 2.33s
Downloading scipy (35.9MiB)
Downloading numpy (17.4MiB)
   Building old @ file:///old.tar.gz
      Built old @ file:///old.tar.gz
 Downloaded numpy
 Downloaded scipy
Prepared 94 packages in 6.28s
Installed 94 packages in 906ms
Bytecode compiled 9398 files in 31.14s
 + absl-py==2.5.1
Environment ready in 52.2 s
`;

function told(...pieces: string[]): Progress[] {
  const all: Progress[] = [];
  const progress = new BuildProgress((next) => all.push(next));
  for (const piece of pieces) progress.push(piece);
  return all;
}

it("tells the steps of a build from what uv prints, and no number that uv does not", () => {
  expect(told(log).map((progress) => progressText(progress))).toEqual([
    { text: "Environment: installing uv", share: null },
    { text: "Resolving the environment", share: null },
    { text: "Downloading packages: 94 packages", share: null },
    { text: "Downloading packages (scipy): 94 packages, 0 B of 38 MB of the large ones", share: 0 },
    { text: "Downloading packages (scipy, numpy): 94 packages, 0 B of 56 MB of the large ones", share: 0 },
    { text: "Downloading packages (building old): 94 packages, 0 B of 56 MB of the large ones", share: 0 },
    { text: "Downloading packages (built old): 94 packages, 0 B of 56 MB of the large ones", share: 0 },
    {
      text: "Downloading packages (scipy): 94 packages, 18 MB of 56 MB of the large ones",
      share: expect.closeTo(0.33),
    },
    { text: "Downloading packages: 94 packages, 56 MB of 56 MB of the large ones", share: 1 },
    { text: "Installing packages: 94 packages", share: null },
    { text: "Installing packages (compiling to byte code): 94 packages", share: null },
  ]);
});

it("reads lines that come in pieces", () => {
  expect(told(...log.split(/(?<=[0-9])/u))).toEqual(told(log));
});

it("says that another process builds", () => {
  expect(told("Another process (pid 12) builds this environment; following it\n")[0]).toMatchObject({
    phase: "environment",
    detail: "waiting for another build of it",
  });
});
