import * as vscode from "vscode";
import type { JobSummary } from "#contract/entities/job.ts";
import { statusWords } from "../jobs/jobItems.ts";
import type { Session } from "../session.ts";

/** Jobs that one answer of the engine holds; the search finds those that are further back. */
const pageSize = 1000;

interface RunItem extends vscode.QuickPickItem {
  name: string;
}

/** Lets the user choose runs. Those that match what is typed are asked of the engine, so that old ones are found too. */
export async function pickRuns(
  session: Session,
  options: { title: string; picked: readonly string[] },
): Promise<string[]> {
  const client = await session.client();
  const params = { workspace: session.workspace };
  const items = new Map<string, RunItem>();
  const take = (jobs: readonly JobSummary[]): void => {
    for (const job of jobs) {
      if (items.has(job.name)) continue;
      items.set(job.name, {
        name: job.name,
        label: job.display_name,
        description: `${statusWords(job)}  ${job.experiment_name}`,
        detail: job.name,
      });
    }
  };
  const first = await client.listJobs({ params, query: { max_results: pageSize } });
  take(first.jobs);
  for (const name of options.picked) if (!items.has(name)) items.set(name, { name, label: name });
  const chosenFirst = (): RunItem[] =>
    [...items.values()].sort(
      (a, b) => Number(options.picked.includes(b.name)) - Number(options.picked.includes(a.name)),
    );

  const picker = vscode.window.createQuickPick<RunItem>();
  picker.title = options.title;
  picker.placeholder = vscode.l10n.t("Tick two or more runs; type to search");
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.items = chosenFirst();
  picker.selectedItems = picker.items.filter(({ name }) => options.picked.includes(name));
  if (first.next_page_token !== null) {
    picker.onDidChangeValue(async (text) => {
      const { jobs } = await client.listJobs({ params, query: { max_results: pageSize, text } });
      const known = items.size;
      take(jobs);
      if (items.size === known) return;
      const chosen = new Set(picker.selectedItems.map(({ name }) => name));
      picker.items = [...items.values()];
      picker.selectedItems = picker.items.filter(({ name }) => chosen.has(name));
    });
  }
  try {
    return await new Promise((resolve, reject) => {
      picker.onDidAccept(() => {
        const chosen = picker.selectedItems.map(({ name }) => name);
        const had = options.picked.filter((name) => chosen.includes(name));
        // The list begins with the newest, a comparison with the oldest.
        resolve([...had, ...chosen.filter((name) => !had.includes(name)).reverse()]);
      });
      picker.onDidHide(() => reject(new vscode.CancellationError()));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
