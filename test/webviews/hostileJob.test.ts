import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "#contract/entities/job.ts";
import type { JobPanelState } from "#contract/panels/job.ts";
import { findBrowser, startBrowser } from "../vscode/driver/browser.ts";
import { panelIsBuilt, servePanel, type PanelServer } from "./panelServer.ts";

const missing = !panelIsBuilt("job") ? "needs `npm run build`" : findBrowser() === undefined ? "needs Chromium" : "";

const payloads = [
  "<script>window.hit=1</script>",
  "<img src=x onerror='window.hit=1'>",
  "\"><svg onload='window.hit=1'>",
  "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
  "javascript:window.hit=1",
  "[link](command:workbench.action.terminal.new)",
  "{{constructor.constructor('window.hit=1')()}}",
  "</pre><style>*{display:none}</style>",
];

/** A job whose every text is a payload. */
function hostile(payload: string): JobPanelState {
  const at = Date.now();
  const port = { type: payload, path: payload, mode: payload, name: payload, version: payload, produced_by: payload };
  const job: Job = {
    ...{ name: payload, display_name: payload, experiment_name: payload, type: "command", status: "Failed" },
    ...{
      connection: { state: "connected", since: at },
      compute: payload,
      parent_job_name: null,
      tags: { [payload]: payload },
    },
    creation_context: { created_at: new Date(at).toISOString(), created_by: payload, created_by_type: "User" },
    ...{ archived: false, started_at: at, ended_at: at + 5, queue_place: null, source_file: payload, id: payload },
    ...{ description: payload, command: payload, code: payload, environment: payload },
    ...{ environment_variables: { [payload]: payload }, inputs: { [payload]: port }, outputs: { [payload]: port } },
    ...{ resources: null, limits: null, distribution: null, identity: null, queue_settings: null, properties: {} },
    ...{ services: {}, parameters: {}, phases: [{ name: payload, started_at: at, ended_at: at, detail: payload }] },
    error: {
      ...{ code: payload, class: "exit", message: payload, location: { file: payload, line: 1 }, tail: [payload] },
      fix: { title: payload, action: "open-log", argument: payload },
    },
    ...{ exit_code: 1, attempt: 2, git: { commit: payload, branch: payload, remote: payload, dirty: true } },
    ...{ environment_key: payload, environment_lock: payload, notices: [payload] },
    ...{ snapshot: { digest: payload, files: 1, bytes: 1 }, log_files: [{ path: payload, bytes: 1, complete: true }] },
    warnings: [`${payload} warned`],
  };
  return {
    job,
    run: {
      ...{ params: { [payload]: payload }, tags: { [payload]: payload, [`mlflow.${payload}`]: payload }, metrics: {} },
      logged_models: [{ model_id: payload, name: payload, status: payload }],
      datasets: [{ name: payload, digest: payload, context: payload }],
      child_runs: [{ name: payload, display_name: payload, status: payload }],
    },
    series: [
      {
        key: payload,
        total: 2,
        points: [
          [0, at, 1],
          [1, at + 1, 2],
        ],
      },
    ],
    files: [],
    reproductions: {
      reproduces: payload,
      report: {
        ...{ original: payload, reproduction: payload, original_status: "Failed", status: "Failed" },
        ...{ verdict: "different", summary: payload },
        metrics: [
          {
            key: payload,
            state: "changed",
            original: payload,
            reproduction: payload,
            points: [1, 1],
            differing_points: 1,
            relative_difference: 1,
          },
        ],
        outputs: {
          ...{ compared: 1, differing: 1 },
          files: [
            { path: payload, state: "changed", original_bytes: 1, bytes: 1, original_sha256: payload, sha256: payload },
          ],
        },
        pinned: [{ what: payload, state: "same", original: payload, reproduction: payload, detail: payload }],
        not_pinned: [{ what: payload, state: "changed", original: payload, reproduction: payload, detail: payload }],
      },
      reproduced_by: [{ name: payload, display_name: payload, status: "Failed" }],
    },
    trusted: true,
  };
}

describe.skipIf(missing)(`the job page${missing ? `: ${missing}` : ""}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let server: PanelServer;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await servePanel("job");
    browser = await startBrowser();
    page = await browser.newPage();
    page.on("dialog", (dialog) => {
      complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("favicon")) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!/^\/(job\.(js|css)|chunks\/\w+\.js|favicon\.ico)?$/.test(new URL(request.url()).pathname))
        complaints.push(`request ${request.url()}`);
    });
    await page.goto(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(payloads.map((payload, index) => ({ payload, index })))(
    "T15 shows $payload as text and runs nothing",
    async ({ payload, index }) => {
      const event = JSON.stringify({ type: "snapshot", seq: index + 1, ...hostile(payload) });
      await page.evaluate(`window.postMessage(${event}, "*")`);
      await page.locator("h1").filter({ hasText: payload }).waitFor();
      await page.locator("details").first().waitFor();
      expect(await page.evaluate("window.hit")).toBeUndefined();
      expect(await page.locator("main script, main iframe, main svg[onload], main img, main style").count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  it("T15 the policy itself stops a script that got in", async () => {
    await page.evaluate(
      `{ const script = document.createElement("script"); script.textContent = "window.hit = 2"; document.body.append(script); }`,
    );
    expect(await page.evaluate("window.hit")).toBeUndefined();
    expect(complaints.splice(0).join()).toMatch(/Content Security Policy/);
  });
});
