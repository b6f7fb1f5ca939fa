import * as vscode from "vscode";
import { messageOf } from "#base/errors.ts";
import type { ComparePanelEvent, ComparePanelRequest } from "#contract/panels/compare.ts";
import type { ComparedSeries, Comparison, Difference } from "#contract/routes/compare.ts";
import type { Session } from "../session.ts";
import { checkedRequest } from "./comparePanelRequest.ts";
import { exportComparison } from "./exportComparison.ts";
import { openFileDiff, openLockDiff } from "./openDiff.ts";
import { pickRuns } from "./pickRuns.ts";

/** An event of a panel, before it gets its number. */
type Unnumbered = ComparePanelEvent extends infer E ? (E extends unknown ? Omit<E, "seq"> : never) : never;

/** Points that all curves of one chart may have together: what a canvas draws in a frame. */
const chartPoints = 60_000;

/** What a page compares; kept over a reload of the window. */
export interface Compared {
  names: string[];
  baseline: string;
  explained: string;
}

/** One page. A hidden page is told nothing; shown again it gets the whole picture. */
export class ComparePanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #session: Session;
  readonly #compared: Compared;
  readonly #log: vscode.LogOutputChannel;
  /** Metrics whose charts were in sight: only those are read again. */
  readonly #keys = new Set<string>();
  /** Runs that have changed since their curves were read. */
  readonly #changed = new Set<string>();
  #comparison: Comparison | undefined;
  #seq = 0;
  #reading = false;
  #again = false;

  constructor(options: {
    panel: vscode.WebviewPanel;
    compared: Compared;
    session: Session;
    log: vscode.LogOutputChannel;
  }) {
    this.#panel = options.panel;
    this.#compared = options.compared;
    this.#session = options.session;
    this.#log = options.log;
    options.panel.webview.onDidReceiveMessage((message: unknown) => {
      const request = checkedRequest(message);
      if (request) void this.#do(request).catch((thrown: unknown) => this.#failed(thrown));
    });
    options.panel.onDidChangeViewState(() => {
      if (options.panel.visible) this.refresh();
    });
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** A run of the engine has changed or is gone. */
  runChanged(name: string): void {
    if (!this.#compared.names.includes(name)) return;
    this.#changed.add(name);
    this.refresh();
  }

  /** Reads everything again. Changes arrive in bursts: while one answer is on its way, the next waits. */
  refresh(): void {
    if (!this.#panel.visible) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    void this.#read()
      .catch((thrown: unknown) => this.#failed(thrown))
      .finally(() => {
        this.#reading = false;
        if (!this.#again) return;
        this.#again = false;
        this.refresh();
      });
  }

  async #read(): Promise<void> {
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace };
    const { names, baseline } = this.#compared;
    const comparison = await client.compareRuns({ params, body: { names, ...(baseline ? { baseline } : {}) } });
    this.#comparison = comparison;
    const base = comparison.runs[comparison.baseline]?.name ?? "";
    const others = comparison.runs.filter((run) => run.name !== base).map((run) => run.name);
    const explained = others.includes(this.#compared.explained) ? this.#compared.explained : (others[0] ?? "");
    this.#panel.title = titleOf(comparison);
    let difference: Difference | null = null;
    let fault = "";
    if (explained) {
      const call = { params: { ...params, name: explained }, query: { from: base } };
      try {
        difference = await client.explainDifference(call);
      } catch (thrown) {
        fault = messageOf(thrown);
      }
    }
    this.#post({ type: "snapshot", comparison, explained, difference, fault });
    const changed = [...this.#changed];
    this.#changed.clear();
    if (changed.length > 0 && this.#keys.size > 0) await this.#sendSeries([...this.#keys], changed);
  }

  async #sendSeries(keys: readonly string[], names: readonly string[]): Promise<void> {
    if (keys.length === 0 || names.length === 0) return;
    this.#post({ type: "series", series: await this.#series(keys, names, chartPoints) });
  }

  async #series(keys: readonly string[], names: readonly string[], most: number): Promise<ComparedSeries[]> {
    const client = await this.#session.client();
    const runs = this.#comparison?.runs.length ?? names.length;
    const points = Math.min(500, Math.max(40, Math.floor(most / Math.max(1, runs))));
    const params = { workspace: this.#session.workspace };
    return client.compareSeries({ params, body: { names: [...names], keys: [...keys], points } });
  }

  #post(event: Unnumbered): void {
    void this.#panel.webview.postMessage({ ...event, seq: ++this.#seq } as ComparePanelEvent);
  }

  #failed(thrown: unknown): void {
    if (thrown instanceof vscode.CancellationError) return;
    this.#log.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    this.#post({ type: "contact", message: messageOf(thrown) });
  }

  /** The two runs that are explained; undefined when there is only one. */
  #pair(): { from: string; to: string } | undefined {
    const from = this.#comparison?.runs[this.#comparison.baseline]?.name;
    const others = (this.#comparison?.runs ?? []).filter((run) => run.name !== from).map((run) => run.name);
    const to = others.includes(this.#compared.explained) ? this.#compared.explained : others[0];
    return from !== undefined && to !== undefined ? { from, to } : undefined;
  }

  async #do(request: ComparePanelRequest): Promise<void> {
    const compared = this.#compared;
    const pair = this.#pair();
    switch (request.type) {
      case "ready":
        return this.refresh();
      case "series":
        for (const key of request.keys) this.#keys.add(key);
        return this.#sendSeries(request.keys, this.#comparison?.runs.map((run) => run.name) ?? []);
      case "baseline":
        compared.baseline = request.name;
        return this.refresh();
      case "explain":
        compared.explained = request.name;
        return this.refresh();
      case "remove":
        compared.names = compared.names.filter((name) => name !== request.name);
        return this.refresh();
      case "add": {
        const had = new Set(compared.names);
        compared.names = await pickRuns(this.#session, {
          title: vscode.l10n.t("Runs to Compare"),
          picked: compared.names,
        });
        for (const name of compared.names) if (!had.has(name)) this.#changed.add(name);
        return this.refresh();
      }
      case "open-job": {
        const run = this.#comparison?.runs.find(({ name }) => name === request.name);
        const job = { name: request.name, display_name: run?.display_name ?? request.name };
        return void vscode.commands.executeCommand("slipway.job.openPage", { kind: "job", job });
      }
      case "open-file":
        return pair && openFileDiff({ ...pair, path: request.path, change: request.change });
      case "open-locks":
        return pair && openLockDiff(this.#session, pair);
      case "export":
        return this.#export(request.format);
    }
  }

  async #export(format: "csv" | "html"): Promise<void> {
    const comparison = this.#comparison;
    if (!comparison) return;
    const names = comparison.runs.map((run) => run.name);
    const keys = comparison.curves.slice(0, 100);
    const series = format === "html" && keys.length > 0 ? await this.#series(keys, names, 12_000) : [];
    await exportComparison(format, { comparison, series });
  }
}

function titleOf({ runs }: Comparison): string {
  const [first, second] = runs;
  return runs.length === 2 && first && second
    ? `${first.display_name} ↔ ${second.display_name}`
    : vscode.l10n.t("Compare {0} runs", runs.length);
}
