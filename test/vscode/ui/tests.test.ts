import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "#client/index.ts";
import { Workbench } from "../workbench.ts";

const schema = "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n";
const job = (how: string) =>
  `${schema}code: src\ncommand: python train.py \${{inputs.how}}\ninputs:\n  how: ${how}\nenvironment:\n  conda_file: conda.yml\n  image: any\n`;
const files = {
  "src/train.py":
    "import sys, time\nif sys.argv[1] == 'fail':\n    raise ValueError('no rate')\nwhile sys.argv[1] == 'long':\n    time.sleep(0.05)\nprint('trained')\n",
  "conda.yml": "dependencies:\n  - python=3\n  - pip\n",
  "good.yml": job("long"),
  "bad.yml": job("fail"),
  "long.yml": job("long"),
  "awry.yml": `${schema}command: echo\nenvironment: azureml:e@latest\ncompote: local\n`,
};
const smoke = { "good.yml": ["inputs.how=well"], "bad.yml": [], "long.yml": [] };

let folder: string;
let workbench: Workbench;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-tests-"));
  mkdirSync(join(folder, "src"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  workbench = await Workbench.open({
    folder,
    settings: {
      "slipway.tests.smoke": smoke,
      "testing.automaticallyOpenPeekView": "never",
      "testing.automaticallyOpenTestResults": "neverOpen",
    },
  });
  await workbench.openContainer("Slipway");
  await workbench.treeRow("Jobs", /good\.yml/);
});

afterAll(async () => {
  await workbench?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each row with its state, as its icon shows it. (The label for screen readers is only made when a row is drawn.) */
const rows = async () => {
  const found = await workbench.page.locator(".test-explorer .monaco-list-row").all();
  return Promise.all(
    found.map(async (item) => {
      const icon = (await item.locator(".computed-state").getAttribute("class")) ?? "";
      const label = (await item.locator(".label").first().innerText()).match(/^\w+\.yml/)?.[0];
      return `${label} ${/testing-(\w+)-icon/.exec(icon)?.[1] ?? ""}`;
    }),
  );
};
const statuses = async () => {
  const client = await connect({ home: workbench.home, start: false });
  try {
    const { jobs } = await client.listJobs({ params: { workspace: "default" }, query: {} });
    return jobs.map(({ status }) => status);
  } finally {
    client.dispose();
  }
};

/** Waits until the row has this state. */
const says = (name: string, state: string) => expect.poll(rows, { timeout: 200_000 }).toContain(`${name} ${state}`);

test("each job file is there, and only those", async () => {
  // A container with one view has no header for it.
  await workbench.page.locator('.activitybar a[aria-label^="Testing"]').click();
  await says("awry.yml", "unset");
  expect((await rows()).map((label) => label.split(" ")[0])).toEqual(["awry.yml", "bad.yml", "good.yml", "long.yml"]);
});

// The first smoke run builds the environment.
test(
  "a check and a smoke run each pass or fail, and a cancel ends the job that runs",
  { timeout: 300_000 },
  async () => {
    await workbench.runCommand("Test: Run All Tests");
    await says("awry.yml", "failed");
    await says("bad.yml", "failed");
    await says("good.yml", "passed");
    // The newest job first: that of long.yml goes on until it is ended.
    await expect.poll(statuses).toEqual(["Running", "Completed", "Failed"]);
    await workbench.screenshot("tests");
    await workbench.runCommand("Test: Cancel Test Run");
    await expect.poll(statuses).toEqual(["Canceled", "Completed", "Failed"]);
  },
);

test("a new file comes and a removed one goes", async () => {
  writeFileSync(join(folder, "new.yml"), job("well"));
  await says("new.yml", "unset");
  rmSync(join(folder, "new.yml"));
  await expect
    .poll(async () => (await rows()).filter((label) => label.startsWith("new.yml")), { timeout: 60_000 })
    .toEqual([]);
});
