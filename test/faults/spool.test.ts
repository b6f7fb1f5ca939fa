import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notBuilt } from "../cli/built.ts";
import { LiveEngine } from "../security/liveEngine.ts";

let engine: LiveEngine;
beforeAll(async () => {
  if (notBuilt) return;
  engine = await LiveEngine.start();
  writeFileSync(join(engine.home, "secret"), "not for artifacts");
}, 120_000);
afterAll(() => engine?.close());

/** What stands at the begin of each program: the journal is there, and a call that must not be lost. */
const begin = `
import json, os, time, urllib.request
def metric(step):
    body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "m", "value": step, "timestamp": step, "step": step})
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric", body.encode(), headers)).read()
metric(1)
def journal(line):
    open("../relay/journal.jsonl", "a").write(line + "\\n")
`;
const line = (fields: Record<string, unknown>) =>
  `journal(json.dumps(${JSON.stringify({ method: "PUT", path: "/api/2.0/mlflow-artifacts/artifacts/1/x/artifacts/f", query: "", ...fields })}))`;

const programs: [string, string][] = [
  ["a line that is no JSON", 'journal("garbage {")'],
  ["a line that is a number", 'journal("7")'],
  ["a call without a number", line({ body: "{}" }).replace('"PUT"', '"POST"')],
  ["a file that is not there", line({ seq: 900, file: "relay/artifacts/900", sha256: "0", size: 1 })],
  ["a file elsewhere", line({ seq: 900, file: "../../../../../../secret", sha256: "0", size: 1 })],
  [
    "a file that is a link",
    `os.symlink("${"../".repeat(7)}secret", "../relay/artifacts/900"); ${line({ seq: 900, file: "relay/artifacts/900", sha256: "0", size: 1 })}`,
  ],
  ["samples that are none", 'open("../samples.jsonl", "a").write("garbage\\n[]\\n{}\\n")'],
];

describe.skipIf(notBuilt)(
  `a job that writes into its own spool${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    it.each(programs)("%s: it comes to its end, and what it logged is there", async (what, harm) => {
      const name = `spool_${programs.findIndex(([each]) => each === what)}`;
      await engine.submitScript(name, `${begin}\n${harm}\ntime.sleep(0.5)\nprint("done")\n`);
      const job = await engine.ended(name);
      expect(job).toMatchObject({ status: "Completed", exit_code: 0 });
      if (!what.startsWith("samples"))
        expect(job.warnings.join()).toMatch(/journal could not be read|Tracking refused/u);
      const params = { workspace: "default", name };
      const [series] = await engine.client.metricHistory({ params, query: { key: ["m"] } });
      expect(series?.points.map(([step]) => step)).toEqual([1]);
      const files = await engine.client.listArtifacts({ params, query: { path: "", recursive: true } });
      for (const { path } of files) {
        const { body } = await engine.client.readArtifact({ params, query: { path } });
        for await (const chunk of body) expect((chunk as Buffer).includes("not for artifacts")).toBe(false);
      }
    });
  },
);
