import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import type { JobPort } from "#contract/entities/job.ts";
import { slipwayError } from "#contract/errors.ts";
import { walkFolder } from "../artifacts/walkFolder.ts";
import type { Store } from "../store/store.ts";
import { mediaType } from "../tracking/mediaTypes.ts";

interface JobKey {
  workspace: string;
  name: string;
}

/** Where outputs stand among a job's files. */
const outputsFolder = "named-outputs";

/** Outputs that a job has written to a place that its YAML names, such as a datastore: not among its artifacts. */
export class OutputFiles {
  readonly #store: Store;
  readonly #place: (workspace: string, port: JobPort) => Promise<string | null>;

  /** `place` is the path of an output on this machine; null when it lies among the job's artifacts. */
  constructor(options: { store: Store; place: (workspace: string, port: JobPort) => Promise<string | null> }) {
    this.#store = options.store;
    this.#place = options.place;
  }

  /**
   * Their files as paths among the job's files; only those below the folder `path`. One file stands for an output when
   * only the folders above are wanted.
   */
  async list(job: JobKey, path: string, recursive: boolean): Promise<{ path: string; bytes: number }[]> {
    const [first = outputsFolder, output] = path.split("/").filter((part) => part !== "");
    if (first !== outputsFolder) return [];
    const files: { path: string; bytes: number }[] = [];
    for (const [name, place] of await this.#places(job)) {
      if (output !== undefined && output !== name) continue;
      const found = await stat(place).catch(() => undefined);
      if (found?.isFile()) files.push({ path: `${outputsFolder}/${name}/${basename(place)}`, bytes: found.size });
      if (!found?.isDirectory()) continue;
      for await (const file of walkFolder(place)) {
        files.push({ path: `${outputsFolder}/${name}/${file.path}`, bytes: file.bytes });
        if (!recursive && output === undefined) break;
      }
    }
    return files;
  }

  /** One of these files; undefined when the path is none of theirs. */
  async open(
    job: JobKey,
    path: string,
  ): Promise<{ stream: Readable; contentType: string; bytes: number | null } | undefined> {
    const [first, output = "", ...below] = path.split("/");
    if (first !== outputsFolder) return undefined;
    const place = (await this.#places(job)).get(output);
    if (place === undefined) return undefined;
    if (below.includes("..")) throw slipwayError("path-outside", `The path ${path} leads out of the output.`);
    const isFile = (await stat(place).catch(() => undefined))?.isFile() ?? false;
    const file = isFile && below.join("/") === basename(place) ? place : join(place, ...below);
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    return { stream: createReadStream(file), contentType: mediaType(file), bytes: found.size };
  }

  /** Folders, among the job's files, of the outputs that have a place of their own. */
  async folders(job: JobKey): Promise<string[]> {
    return [...(await this.#places(job)).keys()].map((name) => `${outputsFolder}/${name}/`);
  }

  async #places(job: JobKey): Promise<Map<string, string>> {
    const row = await this.#store.read("job", job);
    const outputs = Object.entries(JSON.parse(row?.outputs ?? "{}") as Record<string, JobPort>);
    const places = new Map<string, string>();
    for (const [name, port] of outputs) {
      const place = await this.#place(job.workspace, port);
      if (place !== null) places.set(name, place);
    }
    return places;
  }
}
