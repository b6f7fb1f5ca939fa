import * as vscode from "vscode";
import type { SlipwayClient } from "#client/index.ts";
import type { Job } from "#contract/entities/job.ts";
import { whole } from "../vscode/numbers.ts";
import { LogTail, type TailLimits } from "./logTail.ts";

/** A line that begins a section; folding and the outline go by it. */
export const sectionMark = "─── ";

/** What stands in the first line of a section whose beginning is not shown; the link provider makes links of the words. */
export const earlierWords = vscode.l10n.t("Show earlier lines");
export const searchWords = vscode.l10n.t("search the whole log");
export const rawWords = vscode.l10n.t("open the raw file");
export const newestWords = vscode.l10n.t("Show the newest lines");

/** The text of a log document: one section a log file, the newest part of each. */
export class LogView {
  readonly #client: SlipwayClient;
  readonly #workspace: string;
  readonly #job: string;
  readonly #path: string | undefined;
  readonly #limits: TailLimits;
  readonly #tails = new Map<string, LogTail>();

  constructor(options: {
    client: SlipwayClient;
    workspace: string;
    job: string;
    path: string | undefined;
    limits: TailLimits;
  }) {
    this.#client = options.client;
    this.#workspace = options.workspace;
    this.#job = options.job;
    this.#path = options.path;
    this.#limits = options.limits;
  }

  async text(): Promise<string> {
    const job = await this.#client.showJob({ params: { workspace: this.#workspace, name: this.#job } });
    const files = job.log_files.filter(({ path }) => this.#path === undefined || path === this.#path);
    const sections: string[] = [];
    for (const file of files) {
      const tail = this.#tail(file.path, files.length);
      await tail.update(file.bytes);
      sections.push(section(file.path, tail, files.length > 1));
    }
    const body = sections.join("\n");
    return this.#path === undefined ? `${body}${ending(job)}` : body;
  }

  /** Moves the windows up by their height. */
  async showEarlier(): Promise<void> {
    for (const tail of this.#tails.values()) await tail.moveUp();
  }

  /** Moves the windows back to the end, where they follow. */
  async showNewest(): Promise<void> {
    for (const tail of this.#tails.values()) await tail.follow();
  }

  #tail(path: string, files: number): LogTail {
    let tail = this.#tails.get(path);
    if (!tail) {
      // The program's own log gets the window; a build log in front of it a part.
      const share = files > 1 && path.includes("build") ? 0.1 : 1;
      const limits = { bytes: Math.round(this.#limits.bytes * share), lines: Math.round(this.#limits.lines * share) };
      tail = new LogTail({ client: this.#client, workspace: this.#workspace, job: this.#job, path, limits });
      this.#tails.set(path, tail);
    }
    return tail;
  }
}

function section(path: string, tail: LogTail, titled: boolean): string {
  const { lines, bytes } = tail.above;
  const title = titled ? `${sectionMark}${path}\n` : "";
  const above =
    bytes > 0
      ? `… ${vscode.l10n.t("{0} lines ({1} bytes) are above:", whole(lines), whole(bytes))} ${earlierWords} · ${searchWords} · ${rawWords}\n`
      : "";
  const below = tail.held ? `… ${vscode.l10n.t("more lines are below:")} ${newestWords}\n` : "";
  return `${title}${above}${tail.text}${below}`;
}

/** The last lines say how the job ended, so that a finished log does not look like a stalled one. */
function ending(job: Job): string {
  if (job.status === "Completed") return `\n${sectionMark}Completed\n`;
  if (job.status === "Canceled") return `\n${sectionMark}Canceled\n`;
  if (job.status === "Failed")
    return `\n${sectionMark}Failed: ${job.error?.message ?? vscode.l10n.t("see the job page")}\n`;
  return job.log_files.length === 0 ? `${sectionMark}${job.status}\n` : "";
}
