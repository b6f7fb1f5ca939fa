import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#base/clock.ts";
import type { HostAddress } from "#transport/ssh/config/hostSettings.ts";
import { SshTransport } from "#transport/ssh/sshTransport.ts";
import { Hosts, whyNoHosts, type Host } from "./hosts.ts";

const pythonFolder = join(import.meta.dirname, "../../../python");
const why = whyNoHosts();
const label = why === undefined ? "a host over ssh" : `a host over ssh: ${why}`;

describe.skipIf(why !== undefined)(label, () => {
  let hosts: Hosts;
  let host: Host;
  const open: SshTransport[] = [];

  beforeAll(async () => {
    hosts = await Hosts.make();
    host = await hosts.start("box");
    await hosts.know(host);
  });
  afterAll(async () => {
    await Promise.all(open.map((transport) => transport.close()));
    await hosts.dispose();
  });

  const to = (
    address: Partial<HostAddress> = {},
    given: { accepted?: string[]; answers?: Record<string, string>; agent?: string } = {},
  ): SshTransport => {
    const consent = {
      acceptedKeys: new Set(given.accepted),
      answers: new Map(Object.entries(given.answers ?? {})),
    };
    const transport = new SshTransport({
      address: { host: host.address, user: "root", ...address },
      places: { ...hosts.places, agent: given.agent },
      consent: () => consent,
      clock: systemClock,
      pythonFolder,
      random: () => 0,
    });
    open.push(transport);
    return transport;
  };

  const said = async (transport: SshTransport, ...argv: [string, ...string[]]): Promise<string> => {
    const process = await transport.exec(argv);
    process.stdin.end();
    const [out] = await Promise.all([text(process.stdout), text(process.stderr), process.exit]);
    return out;
  };

  const forgetHosts = (): Promise<void> => rm(join(hosts.home, ".ssh/known_hosts"), { force: true });

  test("F17 a host is met: refused with its fingerprint, taken once that was agreed to, refused when its key changes", async () => {
    await forgetHosts();
    const shown = host.fingerprint();
    await expect(to().probe()).rejects.toMatchObject({
      code: "host-key-unknown",
      details: { fingerprint: shown, host: host.address, key_type: "ssh-ed25519" },
    });
    await expect(to({}, { accepted: ["SHA256:other"] }).probe()).rejects.toMatchObject({ code: "host-key-unknown" });
    await to({}, { accepted: [shown] }).probe();
    await to().probe();

    await host.powerOff();
    host.newKey();
    await host.boot();
    const changed = await to({}, { accepted: [host.fingerprint()] })
      .probe()
      .catch((failure: unknown) => failure);
    expect(changed).toMatchObject({ code: "host-key-changed" });
    expect((changed as Error).message).toContain(shown);
    expect((changed as Error).message).toContain(host.fingerprint());
    await forgetHosts();
    await hosts.know(host);
  });

  test("T18 hashed names count, and a revoked key is refused though it is on record", async () => {
    await forgetHosts();
    await hosts.know(host);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", join(hosts.home, ".ssh/known_hosts")], { stdio: "pipe" });
    expect(await readFile(join(hosts.home, ".ssh/known_hosts"), "utf8")).not.toContain(host.address);
    await to().probe();
    const [type, key] = (await readFile(join(host.folder, "host_key.pub"), "utf8")).split(" ");
    await appendFile(join(hosts.home, ".ssh/known_hosts"), `@revoked * ${type} ${key}\n`);
    await expect(to().probe()).rejects.toMatchObject({
      code: "host-key-changed",
      message: expect.stringContaining("revoked") as string,
    });
    await forgetHosts();
    await hosts.know(host);
  });

  test("a name of ~/.ssh/config leads over another host, and both keys are checked", async () => {
    const behind = await hosts.start("behind");
    // Reached over the first host alone: it has an address of the first one's own network.
    const config = [
      "Include more.conf",
      "Host gate",
      `  HostName ${host.address}`,
      "  User root",
      "Host inner",
      "  HostName %h.invalid",
    ];
    const more = ["Host inner", "  HostName 127.0.0.1", "  User root", "  ProxyJump gate", "  HostKeyAlias inner-key"];
    await writeFile(join(hosts.home, ".ssh/config"), config.join("\n"));
    await writeFile(join(hosts.home, ".ssh/more.conf"), more.join("\n"));
    const inner = { host: "inner", user: undefined };
    await expect(to(inner).probe()).rejects.toMatchObject({ code: "host-key-unknown" });
    expect((await to(inner, { accepted: [host.fingerprint()] }).probe()).hostname).toBe("box");
    expect(await readFile(join(hosts.home, ".ssh/known_hosts"), "utf8")).toContain("inner-key ssh-ed25519");
    await behind.powerOff();
    await rm(join(hosts.home, ".ssh/config"));
  });

  test("keys with a passphrase are asked for, the agent is asked first, and what was tried is said", async () => {
    const key = join(hosts.home, "locked");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "correct horse", "-f", key]);
    await expect(to({ identityFile: key }).probe()).rejects.toMatchObject({
      code: "secret-needed",
      details: { id: `passphrase ${key}`, echo: false },
    });
    await appendFile(join(host.home, ".ssh/authorized_keys"), await readFile(`${key}.pub`));
    await to({ identityFile: key }, { answers: { [`passphrase ${key}`]: "correct horse" } }).probe();
    await expect(
      to({ identityFile: key }, { answers: { [`passphrase ${key}`]: "wrong" } }).probe(),
    ).rejects.toMatchObject({ code: "secret-needed", message: expect.stringContaining("wrong") as string });

    const socket = join(hosts.root, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
    await once(agent.stdout, "data");
    try {
      execFileSync("ssh-add", ["-q", join(hosts.home, ".ssh/id_ed25519")], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: "pipe",
      });
      expect(await said(to({}, { agent: socket }), "sh", "-c", "echo ${SSH_AUTH_SOCK-none}")).toBe("none\n");
      // Only the keys that were named, though the agent's would be let in.
      const other = join(hosts.home, "other");
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
      await expect(to({ identityFile: other }, { agent: socket }).probe()).rejects.toMatchObject({
        code: "login-refused",
        message: expect.stringContaining(other) as string,
      });
    } finally {
      agent.kill();
    }
  });

  test("T11 names that are options or words of a shell are refused", async () => {
    for (const name of ["-oProxyCommand=touch X", "a;id", "a b", "$(id)", "a\nb", ""]) {
      await expect(to({ host: name }).probe()).rejects.toMatchObject({ code: "invalid-request" });
    }
  });

  test("a host that is down or has no such port is said so", async () => {
    await expect(to({ port: 4 }).probe()).rejects.toMatchObject({
      code: "target-unreachable",
      message: expect.stringContaining("nothing listens") as string,
    });
  });

  test("a host that was away and asked again and again is reached as soon as it is back", async () => {
    const away = await hosts.start("away");
    await hosts.know(away);
    const transport = to({ host: away.address });
    await transport.probe();
    await away.powerOff();
    for (let call = 1; call <= 5; call++) {
      await expect(transport.probe()).rejects.toMatchObject({ code: "target-unreachable" });
    }
    await away.boot();
    await until(() =>
      transport.probe().then(
        () => true,
        () => false,
      ),
    );
  });

  test("a login shell that greets, and one that is no sh, change nothing", async () => {
    await writeFile(join(host.home, ".bashrc"), "echo 'Welcome to box!'; echo careful >&2\n");
    const words = ["a b", "$HOME", "it's", '"', "!x", "\n", "ü%", "\\n"];
    const out = await said(to(), "sh", "-c", 'for word in "$@"; do printf "%s\\0" "$word"; done', "sh", ...words);
    expect(out.split("\0").slice(0, -1)).toEqual(words);
    await rm(join(host.home, ".bashrc"));
  });

  test("F18 more calls than the host allows wait for each other", async () => {
    const narrow = await hosts.start("narrow", { sshd: ["MaxSessions 2"] });
    await hosts.know(narrow);
    const transport = to({ host: narrow.address });
    const all = await Promise.all(Array.from({ length: 12 }, (_, index) => said(transport, "echo", String(index))));
    expect(all.join("")).toBe(Array.from({ length: 12 }, (_, index) => `${index}\n`).join(""));
  });

  test("F20 a file that is cut off in the middle goes on where it was, and leaves nothing beside it", async () => {
    const bytes = Buffer.alloc(30_000_000, "slipway ");
    await writeFile(join(hosts.root, "big"), bytes);
    const transport = to();
    await transport.probe();
    const put = transport.put(join(hosts.root, "big"), "/root/up/big");
    // Ends the server's process of this connection once bytes have arrived.
    await until(async () => {
      const [name] = await readdir(join(host.home, "up")).catch(() => []);
      return name !== undefined;
    });
    host.run("pkill", "-9", "-f", "^sshd: root");
    await put;
    expect(await readdir(join(host.home, "up"))).toEqual(["big"]);
    expect((await readFile(join(host.home, "up/big"))).equals(bytes)).toBe(true);
    await transport.get("/root/up/big", join(hosts.root, "back"));
    expect((await readFile(join(hosts.root, "back"))).equals(bytes)).toBe(true);
  });

  test("T20 what leads out of what is fetched is not taken", async () => {
    const out = join(host.home, "out");
    await mkdir(join(out, "sub"), { recursive: true });
    await writeFile(join(out, "sub/model"), "m");
    await symlink("sub/model", join(out, "latest"));
    await symlink("/etc/passwd", join(out, "stolen"));
    const place = join(hosts.root, "fetched");
    await expect(to().get("/root/out", place)).rejects.toMatchObject({
      code: "path-outside",
      message: expect.stringContaining("/etc/passwd") as string,
    });
    await rm(join(out, "stolen"));
    await to().get("/root/out", place);
    expect(await readFile(join(place, "latest"), "utf8")).toBe("m");
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error("it does not come to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
