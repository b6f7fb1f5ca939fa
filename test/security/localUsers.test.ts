import type nodeCrypto from "node:crypto";
import { spawnSync, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signingKey } from "#engine/access/signingKey.ts";
import { TokenReader } from "#engine/access/tokenReader.ts";
import { Tokens } from "#engine/access/tokens.ts";
import { errnoOf } from "#base/errors.ts";
import { Store } from "#engine/store/store.ts";
import { BuiltHome, notBuilt } from "../cli/built.ts";
import { LiveEngine } from "./liveEngine.ts";

const compared = vi.hoisted(() => ({ pairs: [] as [number, number][] }));
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof nodeCrypto>();
  const timingSafeEqual: typeof crypto.timingSafeEqual = (a, b) => {
    compared.pairs.push([a.byteLength, b.byteLength]);
    return crypto.timingSafeEqual(a, b);
  };
  return { ...crypto, timingSafeEqual };
});

/** A user that owns nothing here. */
const stranger = 65534;
const asStranger = (argv: readonly [string, ...string[]]) =>
  spawnSync(argv[0], argv.slice(1), {
    uid: stranger,
    gid: stranger,
    cwd: "/",
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin" },
  });

const notRoot = process.getuid?.() === 0 ? undefined : "needs root to become another user";
const python = "/usr/bin/python3";
const noPython = existsSync(python) ? undefined : `needs ${python}`;
const why = notBuilt ?? notRoot ?? noPython;

/** Everything below a folder that is not a link, with its mode. */
function modes(root: string): { path: string; mode: number; isFolder: boolean }[] {
  // What a finished job leaves behind is tidied beside us: a look that loses a folder on its way is begun again.
  for (;;) {
    try {
      return readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isSymbolicLink())
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return {
            path: path.slice(root.length + 1),
            mode: statSync(path).mode & 0o777,
            isFolder: entry.isDirectory(),
          };
        });
    } catch (thrown) {
      if (errnoOf(thrown) !== "ENOENT") throw thrown;
    }
  }
}

describe.skipIf(why)(`other users of this machine${why ? `: ${why}` : ""}`, { timeout: 120_000 }, () => {
  /** A home that its user made by hand, open to all, under the widest umask there is. */
  let built: BuiltHome;
  let engine: LiveEngine;
  beforeAll(async () => {
    built = new BuiltHome();
    chmodSync(built.folder, 0o755);
    mkdirSync(built.home);
    chmodSync(built.home, 0o777);
    const before = process.umask(0);
    try {
      engine = await LiveEngine.start({ built });
      await engine.submitScript("tells", 'print("my secret finding")\nopen("outputs/model", "w").write("weights")\n');
    } finally {
      process.umask(before);
    }
    await engine.ended("tells");
  });
  afterAll(() => engine?.close());

  it("T5 every folder of the home is its user's alone, and so are the files that let somebody in", () => {
    const found = modes(built.home);
    const open = found.filter(({ path, mode }) => !path.includes("/") && (mode & 0o077) !== 0);
    expect(open).toEqual([]);
    const secret =
      /^(engine\.json|engine\.log|run\/engine\.sock|store\/(signing\.key|slipway\.db(-wal|-shm)?)|logs\/.*|targets\/local\/jobs\/.*\/(spec|state)\.json)$/u;
    const secrets = found.filter(({ path, isFolder }) => !isFolder && secret.test(path));
    expect(secrets.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        "engine.json",
        "engine.log",
        "store/signing.key",
        "store/slipway.db",
        "store/slipway.db-wal",
      ]),
    );
    expect(secrets.filter(({ mode }) => (mode & 0o177) !== 0)).toEqual([]);
  });

  it("T5 another user reads no file, enters no folder and opens no socket of it", () => {
    for (const { path, isFolder } of modes(built.home).filter(
      ({ path }) => !path.startsWith("targets/local/environments"),
    )) {
      const tried = asStranger([isFolder ? "ls" : "cat", join(built.home, path)]);
      expect([path, tried.status === 0]).toEqual([path, false]);
    }
    const plant = asStranger(["touch", join(built.home, "versions", "planted")]);
    expect(plant.status).not.toBe(0);
    const knock = "import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('in')";
    expect(asStranger([python, "-c", knock, engine.socket.socketPath])).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining("PermissionError"),
    });
    // The owner's own way in works.
    expect(execFileSync(python, ["-c", knock, engine.socket.socketPath], { encoding: "utf8" })).toBe("in\n");
  });

  it("T5 another user reaches the TCP door, and no further; nothing in the process list helps", () => {
    const ask = `
import sys, urllib.request, urllib.error
request = urllib.request.Request(sys.argv[1] + "/health", headers={"Authorization": "Bearer " + sys.argv[2]} if len(sys.argv) > 2 else {})
try: print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error: print(error.code)
`;
    expect(asStranger([python, "-c", ask, engine.uri]).stdout).toBe("401\n");
    expect(asStranger([python, "-c", ask, engine.uri, engine.token]).stdout).toBe("200\n");
    const seen = asStranger(["sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null"]).stdout;
    const key = readFileSync(join(built.home, "store/signing.key"), "utf8").trim();
    expect(seen).toContain("engine/main.js");
    expect([seen.includes(engine.token), seen.includes(key)]).toEqual([false, false]);
  });

  it("T5 a folder of somebody else in the home's place is refused, with the way out", async () => {
    const other = new BuiltHome();
    try {
      mkdirSync(join(other.home, "store"), { recursive: true });
      execFileSync("chown", [String(stranger), join(other.home, "store")]);
      const started = await other.run(["engine", "start"]);
      expect(started.code).not.toBe(0);
      expect(started.stderr).toContain(`${join(other.home, "store")} belongs to another user`);
      expect(started.stderr).toContain("set SLIPWAY_HOME");
    } finally {
      await other.remove();
    }
  });

  it("T5 a rotated token ends the one before at once, on open connections too", async () => {
    const old = engine.token;
    const ask = (token: string) =>
      engine.knock(engine.tcp, {
        method: "GET",
        path: "/w/default/health",
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask(old)).status).toBe(200);
    const { token } = await engine.client.trackingAccess({ params: { workspace: "default" }, query: { rotate: true } });
    expect(token).not.toBe(old);
    expect([(await ask(old)).status, (await ask(token)).status]).toEqual([401, 200]);
    // Over a restart the new one stays good and the old one stays ended.
    await built.run(["engine", "stop"]);
    await built.run(["engine", "start"]);
    await engine.client.listWorkspaces();
    expect([(await ask(old)).status, (await ask(token)).status]).toEqual([401, 200]);
  });
});

describe("the check of a token", () => {
  it("T5 compares signatures in constant time, whole ones only", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-tokens-"));
    const store = await Store.open({ path: join(folder, "s.db"), now: 0, onFault: () => undefined });
    try {
      const key = signingKey(join(folder, "signing.key"));
      const good = await (await Tokens.open({ store, key })).user("default", "ann");
      const reader = new TokenReader({ key, goodGeneration: () => 1 });
      const [claims = "", signature = ""] = good.split(".");
      const flipped = (at: number) => {
        const bytes = Buffer.from(signature, "base64url");
        bytes[at] = (bytes[at] as number) ^ 1;
        return `${claims}.${bytes.toString("base64url")}`;
      };
      for (const at of [0, 15, 31]) {
        compared.pairs.length = 0;
        expect(() => reader.verify(flipped(at))).toThrow("missing, wrong or no longer valid");
        expect(compared.pairs).toEqual([[32, 32]]);
      }
      compared.pairs.length = 0;
      expect(reader.verify(good)).toEqual({ name: "ann", kind: "user", workspace: "default" });
      expect(compared.pairs).toEqual([[32, 32]]);
      expect(statSync(join(folder, "signing.key")).mode & 0o777).toBe(0o600);
    } finally {
      await store.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
