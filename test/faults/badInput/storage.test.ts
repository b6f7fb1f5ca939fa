import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EngineStatus } from "#contract/entities/asset.ts";
import type { Job } from "#contract/entities/job.ts";
import type { FileEntry } from "#contract/routes/jobs.ts";
import { BuiltHome, notBuilt } from "../../cli/built.ts";
import { LiveEngine } from "../../security/liveEngine.ts";
import { SmallDisk } from "../smallDisk.ts";

const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const python = ["--python", "python3"];

describe.skipIf(notBuilt)(
  `a database that is not this program's${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    let home: BuiltHome;
    afterEach(() => home.remove());
    const withDatabase = (make: (path: string) => void): string => {
      home = new BuiltHome();
      const path = join(home.home, "store/slipway.db");
      mkdirSync(join(home.home, "store"), { recursive: true });
      make(path);
      return path;
    };

    it("one of another program is named with its table and not touched", async () => {
      const path = withDatabase((file) => {
        const db = new Database(file);
        db.exec("CREATE TABLE invoices (id INTEGER); INSERT INTO invoices VALUES (1)");
        db.close();
      });
      const before = hashOf(path);
      const { code, stderr } = await home.run(["job", "list"]);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `The file ${path} is no store of Slipway's: it holds the table invoices of another program.`,
      );
      expect(stderr).toContain("set SLIPWAY_HOME to another folder");
      expect(hashOf(path)).toBe(before);
      expect((await home.run(["engine", "status"])).stderr).toContain("No engine is running");
    });

    it("one of a newer version is refused with both versions and not touched", async () => {
      const path = withDatabase((file) => {
        const db = new Database(file);
        db.exec("CREATE TABLE jobs (id INTEGER); PRAGMA user_version = 4711");
        db.close();
      });
      const before = hashOf(path);
      const { code, stderr } = await home.run(["engine", "start"]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/has version 4711; this Slipway knows \d+/u);
      expect(stderr).toContain("Update Slipway");
      expect(hashOf(path)).toBe(before);
    });

    it("one that is no database at all is set aside, and the status says where it went", async () => {
      withDatabase((file) => writeFileSync(file, "not a database ".repeat(1000)));
      const { store } = await home.json<EngineStatus>(["engine", "start"]);
      expect(store).toMatchObject({ state: "restored", detail: expect.stringContaining("it starts empty") });
      const aside = /damaged-\d+/u.exec(store.detail)?.[0] ?? "none";
      expect(readFileSync(join(home.home, "store", aside, "slipway.db"), "utf8")).toContain("not a database");
    });
  },
);

describe.skipIf(notBuilt)(
  `F21 a stored file that was damaged${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    let engine: LiveEngine;
    beforeAll(async () => {
      engine = await LiveEngine.start();
      await engine.submitScript(
        "leaves",
        'open("outputs/large.bin", "wb").write(b"L" * 600_000)\nopen("outputs/small.txt", "w").write("s" * 5000)\nopen("outputs/other.bin", "wb").write(b"O" * 600_000)\n',
      );
      await engine.ended("leaves");
    }, 120_000);
    afterAll(() => engine?.close());

    const below = (folder: string) =>
      readdirSync(join(engine.home, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    const download = async (): Promise<{ code: number; stderr: string; got: string[] }> => {
      const to = join(engine.built.folder, "got");
      rmSync(to, { recursive: true, force: true });
      const { code, stderr } = await engine.built.run(["job", "download", "-n", "leaves", "-p", to]);
      const got = existsSync(to) ? readdirSync(to, { recursive: true, withFileTypes: true }) : [];
      return { code, stderr, got: got.filter((entry) => entry.isFile()).map(({ name }) => name) };
    };

    it("F21 is whole at first", async () => {
      const { code, got } = await download();
      expect(code).toBe(0);
      expect(got).toEqual(expect.arrayContaining(["large.bin", "other.bin", "small.txt"]));
    });

    const damages: [string, string, (path: string) => void][] = [
      ["cut short", "large.bin", (path) => truncateSync(path, 100_000)],
      ["cut by one byte", "large.bin", (path) => truncateSync(path, 599_999)],
      [
        "changed in one bit",
        "large.bin",
        (path) => {
          const bytes = readFileSync(path);
          bytes[300_000] = (bytes[300_000] as number) ^ 1;
          writeFileSync(path, bytes);
        },
      ],
      ["gone", "large.bin", (path) => rmSync(path)],
    ];
    it.each(damages)("F21 %s: it is named, and no half of it is left behind", async (_what, name, damage) => {
      const entries = await engine.client.listArtifacts({
        params: { workspace: "default", name: "leaves" },
        query: { path: "outputs", recursive: true },
      });
      const { sha256 } = entries.find(({ path }) => path === name) as FileEntry;
      const blob = below("blobs").find((path) => path.endsWith(sha256 as string)) as string;
      const kept = `${blob}.kept`;
      copyFileSync(blob, kept);
      try {
        damage(blob);
        const { code, stderr, got } = await download();
        expect(code).not.toBe(0);
        expect(stderr).toContain(name);
        expect(stderr).toMatch(/does not match its hash|is missing|is not whole|broke off/u);
        expect(got).not.toContain(name);
        expect(got.filter((each) => each.includes(".part"))).toEqual([]);
        const log = await engine.built.run(["engine", "logs"]);
        expect(`${log.stdout}${stderr}`).toContain(blob);
      } finally {
        copyFileSync(kept, blob);
        rmSync(kept);
      }
      expect((await download()).code).toBe(0);
    });

    it("F21 a pack of small files that is cut short is named, and the others are still had", async () => {
      const packs = below("packs");
      for (const pack of packs) copyFileSync(pack, `${pack}.kept`);
      try {
        for (const pack of packs) truncateSync(pack, Math.floor(statSync(pack).size / 2));
        const { code, stderr, got } = await download();
        expect(code).not.toBe(0);
        expect(stderr).toContain("small.txt");
        expect(got).not.toContain("small.txt");
      } finally {
        for (const pack of packs) {
          copyFileSync(`${pack}.kept`, pack);
          rmSync(`${pack}.kept`);
        }
      }
      expect((await download()).code).toBe(0);
    });
  },
);

const whyNoDisk = notBuilt ?? SmallDisk.missing;
describe.skipIf(whyNoDisk)(
  `a disk that fills up in the middle of an output${whyNoDisk ? `: ${whyNoDisk}` : ""}`,
  { timeout: 120_000 },
  () => {
    let disk: SmallDisk;
    let home: BuiltHome;
    beforeAll(async () => {
      disk = SmallDisk.mount(64);
      home = new BuiltHome();
      home.env["SLIPWAY_HOME"] = join(disk.path, "home");
      await home.run(["engine", "start"]);
    }, 120_000);
    afterAll(async () => {
      await home.remove();
      disk.dispose();
    });

    it("fails the job for the disk, keeps what was there before, and works again once there is space", async () => {
      const first = home.write("first.py", 'open("outputs/model.bin", "wb").write(b"m" * 400_000)\n');
      const kept = await home.run([
        "job",
        "create",
        "-f",
        first,
        ...python,
        "--stream",
        "--name",
        "first",
        "-o",
        "json",
      ]);
      expect(kept.code, kept.stderr).toBe(0);

      const filler = home.write(
        "fills.py",
        'open("outputs/early.txt", "w").write("early")\nwith open("outputs/big.bin", "wb") as out:\n    while True: out.write(b"x" * 1_000_000)\n',
      );
      const full = await home.run([
        "job",
        "create",
        "-f",
        filler,
        ...python,
        "--stream",
        "--name",
        "fills",
        "-o",
        "json",
      ]);
      expect(full.code).toBe(1);
      expect(JSON.parse(full.stdout) as Job).toMatchObject({
        status: "Failed",
        error: { class: "disk", fix: { action: "free-space" } },
      });
      expect(full.stderr).toMatch(/space/u);

      const again = await home.run(["job", "download", "-n", "first", "-p", "got"]);
      expect(again.code, again.stderr).toBe(0);
      expect(statSync(join(home.folder, "got/artifacts/outputs/model.bin")).size).toBe(400_000);

      disk.resize(256);
      const third = await home.run([
        "job",
        "create",
        "-f",
        first,
        ...python,
        "--stream",
        "--name",
        "third",
        "-o",
        "json",
      ]);
      expect(third.code, third.stderr).toBe(0);
      expect(JSON.parse(third.stdout) as Job).toMatchObject({ status: "Completed" });
    });
  },
);

const slow = process.env["SLIPWAY_SLOW_TESTS"] === "1" ? undefined : "set SLIPWAY_SLOW_TESTS=1";
describe.skipIf(notBuilt ?? slow)(`a great many small files${slow ? `: ${slow}` : ""}`, { timeout: 600_000 }, () => {
  it("100,000 of them are kept, listed and downloaded", async () => {
    const home = new BuiltHome();
    try {
      const script = home.write(
        "many.py",
        "import os\nfor folder in range(100):\n    os.makedirs(f'outputs/{folder}')\n    for file in range(1000):\n        open(f'outputs/{folder}/{file}.txt', 'w').write(f'{folder}/{file}')\n",
      );
      const started = performance.now();
      const made = await home.run([
        "job",
        "create",
        "-f",
        script,
        ...python,
        "--stream",
        "--name",
        "many",
        "-o",
        "json",
      ]);
      expect(made.code, made.stderr).toBe(0);
      const job = JSON.parse(made.stdout) as Job;
      const phase = job.phases.find(({ name }) => name === "Finalizing");
      const listed = performance.now();
      const { code, stderr } = await home.run(["job", "download", "-n", "many", "-p", "got"]);
      expect(code, stderr).toBe(0);
      const files = readdirSync(join(home.folder, "got/artifacts/outputs"), { recursive: true, withFileTypes: true });
      expect(files.filter((entry) => entry.isFile()).length).toBe(100_000);
      expect(readFileSync(join(home.folder, "got/artifacts/outputs/99/999.txt"), "utf8")).toBe("99/999");
      const seconds = (ms: number) => (ms / 1000).toFixed(1);
      console.log(
        `100,000 files: job ${seconds(listed - started)} s, of it kept in ${seconds((phase?.ended_at ?? 0) - (phase?.started_at ?? 0))} s; downloaded in ${seconds(performance.now() - listed)} s`,
      );
    } finally {
      await home.remove();
    }
  });
});
