import { join, resolve } from "node:path";
import { downloadFiles } from "#client/download/downloadFiles.ts";
import { size } from "#client/progressText.ts";
import type { WantedFile } from "#client/download/wantedFile.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import { slipwayError } from "#contract/errors.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import { command } from "../../parse/command.ts";
import { flag, text } from "../../parse/options.ts";
import { interruptible } from "../../terminal/interrupt.ts";
import { ProgressLine } from "../../terminal/progress.ts";

import { jobName } from "./read.ts";

const outputsFolder = "named-outputs/";
/** Azure's names for a job's artifacts when they are asked for as an output. */
const artifactsOutputs = ["default", "artifacts"];

export const download = command({
  summary: "Download a job's artifacts and outputs.",
  details:
    "Artifacts go to `artifacts/`, outputs to `named-outputs/<name>/`, as az has it. Each file is checked against its hash and appears whole or not at all; what is there already and right is kept.",
  options: {
    name: jobName,
    downloadPath: text(["--download-path", "-p"], "Where to; the current folder when not given."),
    outputName: text("--output-name", "Only this output."),
    all: flag("--all", "Artifacts and all outputs; only the artifacts when not given."),
  },
  run: async (context, { name, downloadPath, outputName, all }) => {
    const client = await context.client();
    const params = { workspace: await context.workspace(), name };
    const job = await client.showJob({ params });
    if (!isTerminal(job.status)) {
      context.notice(`The job is ${job.status}: what it has left so far is downloaded.`);
    }
    const entries = await client.listArtifacts({ params, query: { path: "", recursive: true } });
    const wanted = choose(entries, { outputName, all });
    if (wanted.length === 0 && outputName !== undefined && !Object.hasOwn(job.outputs, outputName)) {
      throw slipwayError("not-found", `The job has no output '${outputName}'.`, {
        next: `Its outputs: ${Object.keys(job.outputs).join(", ") || "none"}.`,
      });
    }
    const folder = resolve(downloadPath ?? ".");
    const total = wanted.reduce((sum, file) => sum + file.bytes, 0);
    const progress = new ProgressLine({ enabled: context.interactive });
    let there = 0;
    await interruptible(
      (signal) =>
        downloadFiles(wanted, {
          folder,
          signal,
          read: async (path) => (await client.readArtifact({ params, query: { path } }, { signal })).body,
          readMany: async (paths) => (await client.readArtifacts({ params, body: { paths } }, { signal })).body,
          onProgress: (files, done) => {
            there = files;
            progress.setShare(
              total > 0 ? done / total : 1,
              `${files} of ${wanted.length} files, ${size(done)} of ${size(total)}`,
            );
          },
        }).finally(() => progress.dispose()),
      () =>
        `Interrupted: ${there} of ${wanted.length} files are in ${folder}, each of them whole. The same command goes on from there.`,
    );
    context.notice(
      `Downloaded ${wanted.length === 1 ? "1 file" : `${wanted.length} files`}, ${size(total)}, to ${folder}`,
    );
    return undefined;
  },
});

/** The files that are asked for, each with its place in Azure's layout. */
function choose(
  entries: readonly FileEntry[],
  options: { outputName: string | undefined; all: boolean },
): WantedFile[] {
  const declared = entries.some(({ path }) => path.startsWith(`${outputsFolder}${options.outputName}/`));
  const isArtifacts = !declared && artifactsOutputs.includes(options.outputName ?? "");
  const one = isArtifacts ? undefined : options.outputName;
  return entries
    .filter((entry) => !entry.is_dir)
    .filter(({ path }) => {
      if (one !== undefined) return path.startsWith(`${outputsFolder}${one}/`);
      return options.all || !path.startsWith(outputsFolder);
    })
    .map(({ path, bytes, sha256 }) => ({
      path,
      place: path.startsWith(outputsFolder) ? path : join("artifacts", path),
      bytes,
      sha256,
    }));
}
