import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type SlipwayClient } from "#client/index.ts";
import { BuiltHome } from "../../cli/built.ts";
import { mlflowCalls } from "../mlflowCalls.ts";
import { violationsIn } from "../accessibility.ts";
import { Workbench } from "../workbench.ts";

const yaml = `name: first_run
display_name: first run
command: python train.py --lr \${{inputs.lr}} --epochs \${{inputs.epochs}} --shuffle \${{inputs.shuffle}} \${{inputs.data}}
code: .
inputs:
  lr: 0.1
  epochs: 3
  shuffle: true
  data: {type: uri_file, path: ../data.csv}
environment_variables: {SEED: "7"}
environment:
  image: library/python:latest
`;
const program = `import os, uuid
os.makedirs("outputs", exist_ok=True)
open("outputs/same.txt", "w").write(os.environ["SEED"])
open("outputs/other.txt", "w").write(uuid.uuid4().hex)
`;

let home: BuiltHome;
let client: SlipwayClient;
let workbench: Workbench;
let project: string;

beforeAll(async () => {
  home = new BuiltHome();
  project = join(home.folder, "project");
  mkdirSync(project);
  writeFileSync(join(home.folder, "data.csv"), "1,2\n");
  writeFileSync(join(project, "train.py"), program);
  writeFileSync(join(project, "job.yml"), yaml);
  const { code, stderr } = await home.run(["job", "create", "-f", join(project, "job.yml"), "--stream"]);
  if (code !== 0) throw new Error(stderr);
  client = await connect({ home: home.home, start: false });
  workbench = await Workbench.open({ folder: project, home: home.home });
});

afterAll(async () => {
  await workbench?.close();
  client?.dispose();
  await home?.remove();
});

const params = { workspace: "default" };

/** Waits for a job that bears a tag, and for its end. */
async function madeOf(tag: string): Promise<string> {
  const find = async () => (await client.listJobs({ params, query: {} })).jobs.find(({ tags }) => tag in tags);
  await expect.poll(async () => (await find())?.status, { timeout: 60_000 }).toBe("Completed");
  return (await find())?.name ?? "";
}

/** The page with this heading, as soon as it is drawn; pages that are hidden meanwhile may still be there. */
async function pageOf(heading: string): Promise<Frame> {
  let found: Frame | undefined;
  const look = async (): Promise<boolean> => {
    for (const frame of workbench.page.frames().toReversed()) {
      const drawn = await frame.evaluate<string | undefined>("document.querySelector('h1')?.innerText").catch(() => "");
      if (drawn === heading) found = frame;
      if (found) return true;
    }
    return false;
  };
  await expect.poll(look, { timeout: 60_000 }).toBe(true);
  if (!found) throw new Error(`no page ${heading}`);
  return found;
}

/** No theme hides anything from a reader of screens. */
async function checkThemes(page: Frame, shot: string): Promise<void> {
  for (const theme of ["light", "dark", "high-contrast"] as const) {
    expect(await violationsIn(workbench, page, theme), theme).toEqual([]);
    await workbench.screenshot(`${shot}-${theme}`);
  }
}

test("a job is reproduced from its page, and the new run's page says what differs", async () => {
  await workbench.openContainer("Slipway");
  await (await workbench.treeRow("Jobs", "first run")).click();
  const page = await pageOf("first run");
  await page.locator("vscode-button", { hasText: "Reproduce" }).click();
  const name = await madeOf("slipway.reproduces");
  const { logMetric } = await mlflowCalls(client);
  await logMetric("first_run", "loss", [3, 2, 1]);
  await logMetric(name, "loss", [3, 2, 1.25]);
  const made = await pageOf("first run (reproduced)");
  const section = made.getByRole("region", { name: "Reproduction" });
  await expect.poll(() => section.innerText()).toContain("Different: 1 of 1 metric and 1 of 2 output files");
  const text = await section.innerText();
  expect(text).toMatch(/loss\s+changed\s+1\s+1\.25\s+20\.0 %/u);
  expect(text).toContain("outputs/other.txt");
  expect(text).not.toContain("outputs/same.txt");
  expect(text).toMatch(/random seeds\s+not known/u);
  await section.scrollIntoViewIfNeeded();
  await checkThemes(made, "reproduction");
  await section.getByRole("button", { name: "first_run" }).click();
  const original = await pageOf("first run");
  await expect
    .poll(() => original.getByRole("region", { name: "Reproduction" }).innerText())
    .toContain("first run (reproduced) Completed");
});

test("a clone is a form of the job, and makes a new job of the same code with the changes", async () => {
  const original = await pageOf("first run");
  await original.locator("vscode-button", { hasText: "Clone and change" }).click();
  const form = await pageOf("Clone and change");
  const lr = form.getByLabel("lr number");
  await lr.waitFor();
  expect(await lr.inputValue()).toBe("0.1");
  expect(await form.getByLabel("data uri_file").inputValue()).toBe(join(home.folder, "data.csv"));
  await lr.fill("fast");
  await expect.poll(() => form.locator("body").innerText()).toContain("A number is needed.");
  await checkThemes(form, "clone");
  await lr.fill("0.3");
  await form.getByLabel("shuffle").selectOption("False");
  await form.getByLabel("Value of variable SEED").fill("8");
  await form.getByLabel("Display name").fill("second run");
  writeFileSync(join(project, "train.py"), "raise SystemExit('the present code is not asked for')\n");
  await form.locator("vscode-button", { hasText: "Submit" }).click();
  const submit = workbench.page.locator(".quick-input-widget .monaco-list-row", { hasText: "Submit" }).first();
  await submit.click({ timeout: 30_000 });
  const name = await madeOf("slipway.cloned_from");
  expect(await client.showJob({ params: { ...params, name } })).toMatchObject({
    display_name: "second run",
    inputs: { lr: { value: "0.3" }, epochs: { value: "3" }, shuffle: { value: "False" } },
    environment_variables: { SEED: "8" },
  });
});

test("a clone is written as a job file that runs, with the code of the record beside it", async () => {
  await (await workbench.treeRow("Jobs", /^first run(?! \()/u)).click({ button: "right" });
  const entry = workbench.page.locator(".monaco-menu .action-item", { hasText: "Clone and Change" }).first();
  await entry.waitFor();
  // A menu that has just opened takes no click, lest the one that opened it counts twice.
  await expect
    .poll(async () => {
      await entry.click({ timeout: 1000 }).catch(() => undefined);
      return entry.isVisible();
    })
    .toBe(false);
  const form = await pageOf("Clone and change");
  await form.getByLabel("epochs integer").fill("5");
  await form.locator("vscode-button", { hasText: "Open as YAML" }).click();
  const file = join(project, "cloned.yml");
  const input = workbench.quickPick().locator("input.input").first();
  await input.waitFor();
  // A dialog that has just opened may still put its own proposal over what is typed.
  const save = async (): Promise<string> => {
    if (await input.isVisible()) {
      await input.fill(file, { timeout: 1000 }).catch(() => undefined);
      if ((await input.inputValue()) === file) await workbench.page.keyboard.press("Enter");
    }
    return tryRead(file);
  };
  await expect.poll(save, { timeout: 60_000, interval: 1000 }).toContain("epochs: 5");
  expect(tryRead(join(project, "first_run-code/train.py"))).toBe(program);
  expect(await home.run(["job", "create", "-f", file, "--name", "from_file", "--stream"])).toMatchObject({ code: 0 });
});

function tryRead(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
