import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BuiltHome, notBuilt } from "./built.ts";

interface Debugging {
  debugger: boolean;
  local_root: string | null;
  remote_root: string | null;
  programs: { pid: number; host: string; port: number }[];
}

let home: BuiltHome;
beforeAll(async () => {
  home = new BuiltHome();
  if (!notBuilt) await home.run(["engine", "start"]);
}, 120_000);
afterAll(() => home.remove());

const create = (script: string, ...more: string[]) =>
  home.run(["job", "create", "-f", script, "--python", "python3", ...more]);
const nameOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { name: string }).name;

// The first job installs debugpy.
describe.skipIf(notBuilt)(
  `a debugger from the terminal${notBuilt ? `: ${notBuilt}` : ""}`,
  { timeout: 240_000 },
  () => {
    it("--debugger says how to attach, and `job debug` where each program listens", async () => {
      const made = await create(home.write("long.py", "import time\nwhile True: time.sleep(0.05)\n"), "--debugger");
      const name = nameOf(made);
      expect(made.stderr).toContain(`slipway job debug -n ${name}`);
      const found = await vi.waitFor(
        async () => {
          const debugging = await home.json<Debugging>(["job", "debug", "-n", name]);
          expect(debugging.programs).toHaveLength(1);
          return debugging;
        },
        { timeout: 200_000, interval: 200 },
      );
      expect(found).toMatchObject({
        debugger: true,
        local_root: home.folder,
        remote_root: expect.stringMatching(/\/wd$/),
      });
      const socket = connect(found.programs[0]?.port ?? 0, found.programs[0]?.host ?? "");
      await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
      socket.destroy();
      await home.run(["job", "cancel", "-n", name]);
    });

    it("a job without it says so, and one that is over cannot be attached to", async () => {
      const name = nameOf(await create(home.write("short.py", "print('ran')\n"), "--stream"));
      const shown = await home.run(["job", "debug", "-n", name]);
      expect(shown).toMatchObject({ code: 0, stderr: expect.stringContaining("was not created with --debugger") });
      const attached = await home.run(["job", "debug", "-n", name, "--attach"]);
      expect(attached).toMatchObject({ code: 1, stderr: expect.stringContaining("no program of it runs") });
    });

    it("what means nothing is told before anything is sent", async () => {
      const script = home.write("short.py", "print('ran')\n");
      expect(await create(script, "--debugger-wait", "3")).toMatchObject({ code: 2 });
      expect(await home.run(["job", "debug", "-n", "x", "--pid", "3"])).toMatchObject({ code: 2 });
    });
  },
);
