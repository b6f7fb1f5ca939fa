import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { displayText } from "#extension/logs/displayText.ts";
import { notBuilt } from "../cli/built.ts";
import { Random } from "../random.ts";
import { LiveEngine } from "./liveEngine.ts";

const esc = "\u001b";
/** Sequences that do more than colour, most with a word that must be gone with them. */
const harmful = [
  `${esc}]52;c;Y2FuYXJ5\u0007`,
  `${esc}]52;c;Y2FuYXJ5${esc}\\`,
  `\u009d52;c;Y2FuYXJ5\u009c`,
  `${esc}]0;canary title\u0007`,
  `${esc}]2;canary title${esc}\\`,
  `${esc}]8;;command:canary\u0007`,
  `${esc}]8;;http://canary.test${esc}\\`,
  `${esc}]1337;SetMark=canary\u0007`,
  `${esc}P+qcanary${esc}\\`,
  `${esc}_canary${esc}\\`,
  `${esc}^canary${esc}\\`,
  `${esc}Xcanary${esc}\\`,
  `${esc}[2J`,
  `${esc}[6n`,
  `${esc}[?1049h`,
  `${esc}c`,
  "\u009b2J",
  "\u0007",
  "\u0008",
  "\u000b",
];
/** What makes a terminal act: an escape that is no colour, or a control character that is no line end or tab. */
const acting = /\u001b(?!\[[0-9;:]*m)|[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f]/u;

let engine: LiveEngine;
const text = `begin ${harmful.join("x")} ${esc}[31mred${esc}[0m end`;
beforeAll(async () => {
  if (notBuilt) return;
  engine = await LiveEngine.start();
  const bytes = [...Buffer.from(text)].join(",");
  await engine.submitScript(
    "speaks",
    `import os\nos.write(1, bytes([${bytes}]) + b"\\nlast\\n")\nraise SystemExit(bytes([${bytes}]).decode())\n`,
  );
  await engine.ended("speaks");
  await engine.client.updateJob({
    params: { workspace: "default", name: "speaks" },
    body: { display_name: `shown ${text}`, description: text, tags: { [`key ${text}`]: text } },
  });
}, 120_000);
afterAll(() => engine?.close());

/** Runs the CLI with a terminal for its output and gives back what the terminal got. */
function onTerminal(...args: string[]): Promise<string> {
  const cli = join(import.meta.dirname, "../../dist/cli/slipway.js");
  const spawn = "import pty,sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
  return new Promise((resolve) => {
    const env: NodeJS.ProcessEnv = { ...engine.built.env, TERM: "xterm-256color" };
    const child = execFile(
      "python3",
      ["-c", spawn, process.execPath, cli, ...args],
      { env, cwd: engine.built.folder, encoding: "utf8" },
      (_failure, stdout) => resolve(stdout),
    );
    child.stdin?.end();
  });
}

/** Our own progress line moves the cursor within its line: that is no doing of a job's. */
const withoutOurs = (got: string) => got.replaceAll(/\u001b\[(?:\?25[lh]|[0-9]*[GKJ]|2K)/gu, "");

describe.skipIf(notBuilt)(
  `text of others on a terminal${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 120_000 },
  () => {
    it("T21 a streamed log keeps its colours and nothing else that a terminal would do", async () => {
      const got = withoutOurs(await onTerminal("job", "stream", "-n", "speaks"));
      expect(got).toContain("last");
      expect(got).toContain(`${esc}[31mred${esc}[0m`);
      expect(acting.exec(got)).toBeNull();
      expect(/Y2FuYXJ5|canary/u.exec(got)).toBeNull();
    });

    const commands: [string, string[]][] = [
      ["a table of jobs", ["job", "list", "-o", "table"]],
      ["a list as tsv", ["job", "list", "-o", "tsv"]],
      ["a list as YAML", ["job", "list", "-o", "yaml"]],
      ["a list as JSON", ["job", "list", "-o", "json"]],
      ["a job as a table", ["job", "show", "-n", "speaks", "-o", "table"]],
      ["fields of a job", ["job", "show", "-n", "speaks", "-o", "tsv", "--query", "[display_name,description,tags]"]],
      ["a job as YAML", ["job", "show", "-n", "speaks", "-o", "yaml"]],
      ["a job as JSON", ["job", "show", "-n", "speaks", "-o", "json"]],
      ["an error that repeats a name", ["job", "show", "-n", `no${text}`]],
    ];
    it.each(commands)("T21 %s does nothing to the terminal", async (_what, args) => {
      const got = withoutOurs(await onTerminal(...args));
      expect(got.length).toBeGreaterThan(20);
      expect(acting.exec(got)).toBeNull();
    });

    it("T21 a pipe gets the bytes as they are", async () => {
      const { stdout } = await engine.built.run(["job", "stream", "-n", "speaks"]);
      expect(stdout.includes(text)).toBe(true);
      const { stdout: json } = await engine.built.run(["job", "show", "-n", "speaks", "-o", "json"]);
      expect((JSON.parse(json) as { display_name: string }).display_name === `shown ${text}`).toBe(true);
    });
  },
);

describe("text of others in an editor", () => {
  it("T21 a log document holds nothing that acts, hides or turns text round, whatever bytes come", () => {
    const random = new Random(21);
    const turning = ["\u202e", "\u2066", "\u200f", "\u061c"];
    const pieces = [
      ...harmful,
      ...turning,
      "word",
      "\n",
      "\r",
      "\t",
      esc,
      "\u009d",
      "]",
      "[",
      ";",
      "ü",
      "\u0000",
      `${esc}]`,
    ];
    for (let round = 0; round < 3000; round++) {
      const raw = Array.from({ length: random.whole(1, 30) }, () => random.pick(pieces)).join("");
      const shown = displayText(raw);
      const found = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u202a-\u202e\u2066-\u2069\u200e\u200f]/u.exec(
        shown,
      );
      expect(found && JSON.stringify([raw, shown])).toBeNull();
    }
  });

  it("T21 words around a sequence stay, so that a log cannot hide them", () => {
    for (const sequence of harmful) {
      const shown = displayText(`before${sequence}after`);
      expect([shown.startsWith("before"), shown.endsWith("after")]).toEqual([true, true]);
    }
  });
});
