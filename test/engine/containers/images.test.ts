import { once } from "node:events";
import { createServer } from "node:net";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Preflight } from "#contract/entities/submit.ts";
import { World, type Engine } from "../jobs/world.ts";
import { Lab, skipReason } from "./lab.ts";

const answers = { allow_home: false, skip_parent_ignored: false, allow_secrets: false };
const small = "localhost/slipway-test/small:1";
const job = (environment: string, command = "cat /etc/image-name", more = ""): string =>
  `command: ${command}\nenvironment: ${environment}\n${more}`;

describe.skipIf(skipReason)(
  `images of jobs${skipReason === undefined ? "" : ` (${skipReason})`}`,
  { timeout: 120_000 },
  () => {
    let lab: Lab;
    let world: World;
    let engine: Engine;
    beforeAll(async () => {
      lab = await Lab.make();
      const folder = await lab.rootFolder({ "etc/image-name": "small\n" });
      await lab.image(small, folder);
      await lab.image("localhost/slipway-test/foreign:1", folder, "--arch", "riscv64");
      // A stand-in that takes micromamba's words: what is tried is the way to it, not its solver.
      const micromamba = [
        "#!/bin/sh",
        'set -e; [ "$1 $2 $3 $5" = "create --yes --prefix --file" ]',
        'mkdir -p "$4/bin"; cp "$6" "$4/installed"; printf "#!/bin/sh\\necho from conda\\n" > "$4/bin/tool"; chmod 755 "$4/bin/tool"',
      ].join("\n");
      await lab.image("localhost/slipway-test/conda:1", await lab.rootFolder({ "bin/micromamba": micromamba }));
      world = await World.make();
      engine = await world.open({ concurrency: 4, containers: { registryWithinMs: 500 } });
    }, 120_000);
    afterAll(async () => {
      await world.dispose();
      await lab.dispose();
    });

    const sheetOf = async (
      text: string,
      runtime?: "auto" | "container" | "python",
      debug?: boolean,
    ): Promise<Preflight> => {
      const file = await world.project({ "job.yml": text });
      return engine.jobs.preflight("default", { source: { file, overrides: [] }, answers, runtime, debug });
    };
    /** Fails with the job's own words. */
    const completed = async (name: string): Promise<void> => {
      const { status, error } = await engine.ended(name, 90_000);
      expect({ status, error }).toEqual({ status: "Completed", error: null });
    };
    const logOf = async (name: string, path?: string): Promise<string> => (await engine.readLog(name, path)).toString();

    test("auto: an image that is there runs, one without bash in its sh; python when that was asked for", async () => {
      const sheet = await sheetOf(job(`{image: ${small}}`));
      expect(sheet.environment).toMatchObject({
        cached: true,
        python: "of the image",
        report: [`Runs in a container of ${small} with podman: its image is on the machine.`],
        runtime: { kind: "container", reason: "its image is on the machine" },
      });
      expect(sheet.refusals).toEqual([]);
      const file = await world.project({ "job.yml": job(`{image: ${small}}`) });
      const { name } = await engine.submit(file);
      await completed(name);
      expect(await logOf(name)).toBe("small\n");
      const plain = await sheetOf(job(`{image: ${small}}`), "python");
      expect(plain.environment.runtime).toEqual({ kind: "python", reason: "the runtime python was asked for" });
      expect(plain.environment.report[0]).toContain("not in a container: the runtime python was asked for.");
      expect(plain.environment.report[1]).toContain("no container is used");
    });

    test("a debugger, an image of another architecture, an unknown docker_arg: auto goes without, container is refused", async () => {
      const debugged = await sheetOf(job(`{image: ${small}}`), "auto", true);
      expect(debugged.environment.runtime?.kind).toBe("python");
      const foreign = job("{image: localhost/slipway-test/foreign:1}");
      const reason = "the image is for riscv64 and the machine is amd64";
      expect((await sheetOf(foreign)).environment.runtime).toEqual({ kind: "python", reason });
      expect((await sheetOf(foreign, "container")).refusals).toEqual([`No container can be used: ${reason}`]);
      const privileged = job(`{image: ${small}}`, "echo", "resources: {docker_args: '--privileged'}\n");
      expect((await sheetOf(privileged, "container")).refusals.join()).toContain("--privileged is not among");
      const file = await world.project({ "job.yml": foreign });
      await expect(engine.submit(file, { runtime: "container" })).rejects.toMatchObject({
        code: "environment-refused",
      });
      const curated = "azureml://registries/azureml/environments/sklearn-1.5/labels/latest";
      expect((await sheetOf(job(curated))).environment.runtime).toBeUndefined();
      expect((await sheetOf(job(curated), "container")).refusals.join()).toContain("names no image");
    });

    test("a registry that hangs is left after its time, one that refuses at once", async () => {
      let asked = 0;
      const hanging = createServer(() => asked++).listen(0, "127.0.0.1");
      await once(hanging, "listening");
      const { port } = hanging.address() as { port: number };
      try {
        const late = await sheetOf(job(`{image: "127.0.0.1:${port}/a/b:1"}`));
        const runtime = {
          kind: "python",
          reason: `127.0.0.1:${port}/a/b:1 is not on the machine and the registry of 127.0.0.1:${port}/a/b:1 did not answer within 0.5 s`,
        };
        expect(late.environment.runtime).toEqual(runtime);
        const before = asked;
        expect(before).toBeGreaterThan(0);
        const next = await sheetOf(job(`{image: "127.0.0.1:${port}/a/b:1"}`));
        expect([next.environment.runtime, asked]).toEqual([runtime, before]);
      } finally {
        hanging.close();
      }
      const refused = await sheetOf(job('{image: "127.0.0.1:1/a/b:1"}'), "container");
      expect(refused.refusals.join()).toMatch(
        /127\.0\.0\.1:1\/a\/b:1 is not on the machine and the registry .* refused/u,
      );
    });

    test("a build context is built once for two jobs, its log is a log of both, and is kept by content", async () => {
      const files = {
        "job.yml": job("{build: {path: ctx}}", "cat /built /etc/image-name"),
        "ctx/Dockerfile": `FROM ${small}\nCOPY words /words\nRUN echo a step speaks; cat /words > /built\n`,
        "ctx/words": "from the context\n",
      };
      const file = await world.project(files);
      const [one, two] = await Promise.all([engine.submit(file), engine.submit(file)]);
      for (const { name } of [one, two]) {
        await completed(name);
        expect(await logOf(name)).toBe("from the context\nsmall\n");
      }
      const logs = await Promise.all(
        [one, two].map(({ name }) => logOf(name, "azureml-logs/20_image_build_log.txt").catch(() => "")),
      );
      expect(logs.join("")).toContain("a step speaks");
      expect(lab.podman("images", "--format", "{{.Repository}}").match(/slipway\/build/gu)).toHaveLength(1);
      const again = await engine.jobs.preflight("default", { source: { file, overrides: [] }, answers });
      expect(again.environment).toMatchObject({ cached: true, runtime: { reason: "its image was built before" } });
      await writeFile(join(dirname(file), "ctx/words"), "changed\n");
      const changed = await engine.jobs.preflight("default", { source: { file, overrides: [] }, answers });
      expect(changed.environment.cached).toBe(false);
    });

    test("a Dockerfile that fails: its log is the error", async () => {
      const file = await world.project({
        "job.yml": job("{build: {path: ctx}}"),
        "ctx/Dockerfile": `FROM ${small}\nRUN echo the tool says why; exit 7\n`,
      });
      const { name } = await engine.submit(file);
      const ended = await engine.ended(name, 60_000);
      expect(ended).toMatchObject({ status: "Failed", error: { class: "environment" } });
      expect(ended.error?.message).toMatch(/The Dockerfile Dockerfile failed:[^]*the tool says why[^]*7/u);
      const absent = await world.project({
        "job.yml": job("{build: {path: ctx}}"),
        "ctx/Dockerfile": "FROM 127.0.0.1:1/x\n",
      });
      const sheet = await engine.jobs.preflight("default", {
        source: { file: absent, overrides: [] },
        answers,
        runtime: "container",
      });
      expect(sheet.refusals.join()).toContain("its Dockerfile begins with 127.0.0.1:1/x");
    });

    test("a conda file is installed by the image's conda; an image without one is refused with the reason", async () => {
      const conda = "name: e\ndependencies: [python=3.11]\n";
      const with_ = await world.project({
        "job.yml": job(
          "{image: localhost/slipway-test/conda:1, conda_file: c.yml}",
          "tool; cat /opt/slipway/environment/installed",
        ),
        "c.yml": conda,
      });
      const { name } = await engine.submit(with_);
      await completed(name);
      expect(await logOf(name)).toBe(`from conda\n${conda}`);
      const without = await world.project({ "job.yml": job(`{image: ${small}, conda_file: c.yml}`), "c.yml": conda });
      const sheet = (runtime: "auto" | "container") =>
        engine.jobs.preflight("default", { source: { file: without, overrides: [] }, answers, runtime });
      expect((await sheet("container")).refusals).toEqual([
        `No container can be used: ${small} has none of micromamba, mamba and conda, which the conda file needs`,
      ]);
      expect((await sheet("auto")).environment.runtime?.kind).toBe("python");
    });
  },
);
