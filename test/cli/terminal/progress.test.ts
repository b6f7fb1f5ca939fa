import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BuiltHome, notBuilt } from "../built.ts";
import { runOnTerminal, screenOf, type OnTerminal } from "./onTerminal.ts";

const cli = join(import.meta.dirname, "../../../dist/cli/slipway.js");

/** Real files, thousands of them, on a machine that may be busy. */
const slow = 120_000;

describe.skipIf(notBuilt)("bars on a terminal", () => {
  let home: BuiltHome;
  const terminal = (args: readonly string[], interrupt?: string): Promise<OnTerminal> =>
    runOnTerminal([process.execPath, cli, ...args], {
      cwd: home.folder,
      env: home.env,
      ...(interrupt === undefined ? {} : { interrupt }),
    });
  beforeAll(async () => {
    home = new BuiltHome();
    mkdirSync(join(home.folder, "code/many"), { recursive: true });
    for (let index = 0; index < 6000; index++) {
      writeFileSync(join(home.folder, `code/many/f${index}`), `number ${index}\n`.repeat(50));
    }
    writeFileSync(join(home.folder, "code/large.bin"), Buffer.alloc(80_000_000, "slipway"));
    await home.run(["engine", "start"]);
  });
  afterAll(() => home.remove());

  /** Nothing of a bar is left on the screen, and something of it was there. */
  const appearedAndVanished = ({ terminal: seen }: OnTerminal, words: RegExp): void => {
    expect(seen).toMatch(/[█░]/);
    expect(seen).toMatch(words);
    expect(screenOf(seen).join("\n")).not.toMatch(/[█░⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  };

  it("show how much of a data asset is frozen", { timeout: slow }, async () => {
    const ran = await terminal(["data", "create", "-n", "many", "--path", "code", "--storage", "copy", "-o", "tsv"]);
    expect(ran.code).toBe(0);
    appearedAndVanished(ran, /Freezing files: \d+ of 6001 files, .* of 8\d MB/);
    expect(ran.stdout).not.toMatch(/[█\u001b]/);
  });

  it("show a job's download, which Ctrl-C ends with words on how to go on", { timeout: slow }, async () => {
    const script = [
      "import os",
      "os.makedirs('outputs/d', exist_ok=True)",
      "[open(f'outputs/d/f{i}', 'w').write(f'line {i} ' * 200) for i in range(8000)]",
    ];
    home.write("write.py", script.join("\n"));
    const made = await home.run(["job", "create", "-f", "write.py", "-n", "wrote", "--python", "python3", "--stream"]);
    expect(made.code).toBe(0);
    expect(made.stderr).not.toMatch(/[█⠋\u001b]/);
    const cut = await terminal(["job", "download", "-n", "wrote", "-p", "got"], " of 8001 files");
    expect([cut.code, screenOf(cut.terminal).at(-1)]).toEqual([
      130,
      expect.stringMatching(/Interrupted: \d+ of \d+ files are in .*got, each of them whole/),
    ]);
    const names = readdirSync(join(home.folder, "got"), { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith(".part"))).toEqual([]);
    const whole = await terminal(["job", "download", "-n", "wrote", "-p", "got"]);
    expect(whole.code).toBe(0);
    appearedAndVanished(whole, /of \d+ files/);
    expect(screenOf(whole.terminal).at(-1)).toMatch(/^Downloaded \d+ files/);
  });

  it("show how much of a job's code is frozen, and Ctrl-C says where to look", { timeout: slow }, async () => {
    mkdirSync(join(home.folder, "trial"));
    writeFileSync(join(home.folder, "trial/train.py"), "print(1)\n");
    writeFileSync(join(home.folder, "trial/weights.bin"), Buffer.alloc(300_000_000, "weights"));
    const submit = ["job", "create", "-f", "trial/train.py", "-n", "cut", "--python", "python3"];
    const cut = await terminal(submit, "Freezing files: ");
    expect(cut.code).toBe(130);
    appearedAndVanished(cut, /of 2 files, .* of 300 MB/);
    expect(screenOf(cut.terminal).at(-1)).toMatch(
      /^Interrupted while the job cut was being submitted; .*`slipway job show -n cut`/,
    );
    // The same command again: the same job, once.
    expect((await home.run(submit)).code).toBe(0);
  });

  it("are not drawn for pipes: not a byte of them", { timeout: slow }, async () => {
    const { code, stderr } = await home.run(["data", "create", "-n", "again", "--path", "code", "--storage", "copy"]);
    expect([code, stderr]).toEqual([0, ""]);
  });
});
