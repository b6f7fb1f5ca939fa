import type { Browser, Page } from "playwright-core";
import type { Job } from "#contract/entities/job.ts";
import type { ClonePanelState } from "#contract/panels/clone.ts";
import type { ComparePanelState } from "#contract/panels/compare.ts";
import type { JobPanelState } from "#contract/panels/job.ts";
import type { ComparedSeries } from "#contract/routes/compare.ts";
import { servePanel, type PanelOptions } from "./panelServer.ts";

const at = Date.UTC(2026, 2, 4, 10, 0, 0);
const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const longPath = "outputs/checkpoints/validation/mean_average_precision_at_50/epoch_000123.safetensors";
const points: [number, number, number][] = Array.from({ length: 30 }, (_, step) => [step, at + step * 1000, 30 - step]);

function failedJob(): Job {
  return {
    ...{ name: "lucid_lake_3fd81", display_name: "segmentation with a wide head and late stopping" },
    ...{ experiment_name: "segmentation", type: "command", status: "Failed", compute: "local", id: "a" },
    ...{ connection: { state: "connected", since: at }, parent_job_name: null, tags: { team: "vision" } },
    creation_context: { created_at: new Date(at).toISOString(), created_by: "ann", created_by_type: "User" },
    ...{ archived: false, started_at: at, ended_at: at + 754_000, queue_place: null, source_file: "jobs/train.yml" },
    ...{ description: "A first try.", command: `python train.py --out ${longPath}`, code: "src", environment: "torch" },
    environment_variables: { OMP_NUM_THREADS: "2" },
    inputs: {
      images: { type: "uri_folder", path: `azureml:images:3/${longPath}`, mode: "ro_mount", digest },
      lr: { type: "number", value: "0.001" },
    },
    outputs: { model: { type: "mlflow_model", path: longPath, mode: "rw_mount", name: "net", version: "4" } },
    ...{ resources: { instance_count: 1 }, limits: { timeout: 3600 }, distribution: null, identity: null },
    ...{ queue_settings: null, properties: {}, services: {}, parameters: {}, exit_code: 1, attempt: 2 },
    phases: ["Prepare", "Run", "Finalize"].map((name, index) => ({
      ...{ name, started_at: at + index * 1000, ended_at: at + index * 1000 + 900 },
    })),
    error: {
      ...{ code: "user_error", class: "import", message: "No module named 'albumentations'" },
      ...{ location: { file: "src/train.py", line: 12 }, tail: ["Traceback (most recent call last):", longPath] },
      fix: { title: "Add albumentations to the environment", action: "add-package", argument: "albumentations" },
    },
    git: { commit: digest.slice(0, 40), branch: "main", remote: "https://example.org/net.git", dirty: true },
    ...{ environment_key: digest, environment_lock: "environment.lock", notices: ["Python 3.11 is used."] },
    snapshot: { digest, files: 12, bytes: 34_567 },
    log_files: [{ path: "user_logs/std_log.txt", bytes: 1234, complete: true }],
    warnings: ["A tag was too long and was cut."],
  };
}

const run: JobPanelState["run"] = {
  ...{ params: { lr: "0.001", encoder: longPath }, tags: { "mlflow.note.content": "tried" }, metrics: {} },
  logged_models: [{ model_id: "m-1", name: "net", status: "READY" }],
  datasets: [{ name: "images", digest: "abc", context: "training" }],
  child_runs: [{ name: "child", display_name: "fold 1", status: "Completed" }],
};

/** A job of which there is something in every part of its page. */
function jobState(): JobPanelState {
  const original = "calm_hill_77a01";
  return {
    ...{ job: failedJob(), run, files: [], trusted: true },
    series: ["loss", "validation/mean_average_precision_at_50", "system/cpu_utilization_percentage"].map((key) => ({
      ...{ key, total: points.length, points },
    })),
    reproductions: {
      reproduces: original,
      report: {
        ...{ original, reproduction: "lucid_lake_3fd81", original_status: "Completed", status: "Failed" },
        ...{ verdict: "different", summary: "Different: 1 of 1 metric and 1 of 1 output file" },
        metrics: [
          {
            ...{ key: "loss", state: "changed", original: 1, reproduction: 1.25, points: [30, 30] },
            ...{ differing_points: 1, relative_difference: 0.2 },
          },
        ],
        outputs: {
          ...{ compared: 1, differing: 1 },
          files: [
            {
              ...{ path: longPath, state: "changed", original_bytes: 1, bytes: 2 },
              ...{ original_sha256: digest, sha256: digest },
            },
          ],
        },
        pinned: [{ what: "code", state: "same", original: "a", reproduction: "a", detail: "12 files" }],
        not_pinned: [{ what: "processor", state: "changed", original: "x86", reproduction: "arm", detail: "" }],
      },
      reproduced_by: [{ name: "again", display_name: "again", status: "Running" }],
    },
  };
}

/** A run that no submit made, under way. */
function foreignRun(): JobPanelState {
  const job: Job = { ...failedJob(), type: "base", status: "Running", ended_at: null, error: null, compute: "" };
  const files = [{ path: longPath, is_dir: false, bytes: 4_500_000, sha256: digest }];
  const reproductions = { reproduces: null, report: null, reproduced_by: [] };
  return { job, run, series: [], files, reproductions, trusted: false };
}

const runNames = ["quick and bold", "slow and steady", "middle way with a warm start and label smoothing"];

function comparison(): ComparePanelState {
  return {
    comparison: {
      baseline: 0,
      runs: runNames.map((display_name, index) => ({
        ...{ name: `run_${index}`, display_name, experiment_name: "segmentation", status: "Completed" as const },
        ...{ started_at: at, ended_at: at + 60_000, label: index === 0 ? "" : `lr 0.1 → 0.0${index}` },
      })),
      facts: [
        { group: "parameters", key: "lr", differs: true, values: ["0.1", "0.01", "0.02"] },
        { group: "inputs", key: "images", differs: true, values: [longPath, `${longPath}.2`, null] },
        { group: "hardware", key: "host", differs: false, values: ["here"] },
        { group: "metrics", key: "loss", differs: true, values: ["1", "2", "3"] },
      ],
      ...{ curves: ["loss", "f1", "system/cpu_utilization_percentage"], missing: ["gone_away"] },
    },
    explained: "run_1",
    difference: {
      ...{ from: "run_0", to: "run_1" },
      code: {
        ...{ state: "changed", reason: "", total: 2 },
        files: [
          { path: `src/${longPath}`, change: "changed", from_bytes: 10, to_bytes: 12 },
          { path: "src/new.py", change: "added", from_bytes: null, to_bytes: 12 },
        ],
      },
      packages: { state: "changed", reason: "", changes: [{ name: "torch", from: "2.5.0", to: "2.6.0" }] },
    },
    fault: "",
  };
}

const series: ComparedSeries[] = ["loss", "f1"].map((key) => ({
  key,
  curves: runNames.map((_, index) => ({ run: `run_${index}`, total: points.length, points })),
}));

function form(): ClonePanelState {
  return {
    computes: ["local", "workstation-with-two-cards"],
    source: {
      ...{ name: "lucid_lake_3fd81", yaml: "", display_name: "segmentation", experiment_name: "segmentation" },
      ...{ command: `python train.py --out ${longPath}`, compute: "local", environment: "torch", folder: "src" },
      inputs: [
        { name: "images", type: "uri_folder", value: `azureml:images:3/${longPath}` },
        { name: "epochs", type: "integer", value: "ten" },
        { name: "lr", type: "number", value: "0.001" },
        { name: "augment", type: "boolean", value: "True" },
      ],
      environment_variables: { OMP_NUM_THREADS: "2" },
      snapshot: { digest, files: 12, bytes: 34_567 },
    },
  };
}

/** A page in a state that a person sees. */
export interface Sight {
  name: string;
  panel: string;
  events: object[];
  /** There when the state is drawn. */
  drawn: string;
}

export const sights: readonly Sight[] = [
  { name: "a job that failed", panel: "job", events: [{ type: "snapshot", ...jobState() }], drawn: ".chart canvas" },
  {
    ...{ name: "a run that no submit made, out of contact", panel: "job", drawn: "main > .notice[role=status]" },
    events: [
      { type: "snapshot", ...foreignRun() },
      { type: "contact", lost: true, message: "The engine does not answer." },
    ],
  },
  {
    ...{ name: "a comparison", panel: "compare", drawn: ".chart canvas" },
    events: [
      { type: "snapshot", ...comparison() },
      { type: "series", series },
    ],
  },
  {
    ...{ name: "a form with what is wrong in it", panel: "clone", drawn: "footer .fault:not(:empty)" },
    events: [{ type: "snapshot", ...form() }],
  },
];

/** Opens a page and tells it what the extension would. */
export async function openSight(options: {
  browser: Browser;
  sight: Sight;
  panel?: PanelOptions;
}): Promise<{ page: Page; close: () => Promise<void> }> {
  const { browser, sight } = options;
  const server = await servePanel(sight.panel, options.panel);
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(server.url);
  await page.waitForFunction(`window.sent.some(({ type }) => type === "ready")`);
  for (const [index, event] of sight.events.entries())
    await page.evaluate(`window.postMessage(${JSON.stringify({ ...event, seq: index + 1 })}, "*")`);
  await page.locator(sight.drawn).first().waitFor();
  return {
    page,
    close: async () => {
      await page.close();
      await server.close();
    },
  };
}
