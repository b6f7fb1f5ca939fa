import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { configuredHosts } from "#transport/ssh/config/hostNames.ts";
import { hostSettings, type SshPlaces } from "#transport/ssh/config/hostSettings.ts";
import { routeTo } from "#transport/ssh/config/route.ts";

let home: string;
let places: SshPlaces;

const config = `
# a comment
Include conf.d/*.conf
Host gpu* !gpu9
  User ann
  Port 2222
Host gpu1 gpu9 second
  HostName=%h.example.org
  User never
  IdentityFile ~/.ssh/first
  IdentityFile "%d/keys/for %r"
Match exec "touch ${"$"}{HOME}/ran"
  User attacker
Match host gpu9.example.org user never
  Port 99
Host inner
  ProxyJump bob@gate:24,second
Host circle
  ProxyJump circle
Host piped
  ProxyCommand nc %h %p
Host *
  IdentitiesOnly yes
  ServerAliveInterval 5
`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "slipway-config-"));
  places = { home, system: join(home, "etc") };
  await mkdir(join(home, ".ssh/conf.d"), { recursive: true });
  await writeFile(join(home, ".ssh/config"), config);
  await writeFile(join(home, ".ssh/conf.d/one.conf"), "Host gate\n  HostName 10.0.0.1\n  Port 7\n");
});
afterAll(() => rm(home, { recursive: true, force: true }));

test("the first value wins, keys add up, tokens are filled in", () => {
  expect(hostSettings({ host: "gpu1" }, places)).toMatchObject({
    hostname: "gpu1.example.org",
    user: "ann",
    port: 2222,
    identityFiles: [join(home, ".ssh/first"), join(home, "keys/for ann")],
    identitiesOnly: true,
  });
  expect(hostSettings({ host: "gpu1", user: "eve", port: 1, identityFile: "/k" }, places)).toMatchObject({
    user: "eve",
    port: 1,
    identityFiles: ["/k", join(home, ".ssh/first"), join(home, "keys/for eve")],
  });
});

test("a negated pattern leaves a host out; Match goes by host and user; T12 what would run a program never matches", () => {
  expect(hostSettings({ host: "gpu9" }, places)).toMatchObject({ user: "never", port: 99 });
  expect(hostSettings({ host: "elsewhere" }, places)).toMatchObject({
    user: userInfo().username,
    port: 22,
    identityFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name)),
  });
});

test("jumps lead over hosts that have settings of their own; a circle and a ProxyCommand are refused", () => {
  const route = routeTo({ host: "inner" }, places);
  expect(route.map(({ hostname, user, port }) => `${user}@${hostname}:${port}`)).toEqual([
    "bob@10.0.0.1:24",
    "never@second.example.org:22",
    `${userInfo().username}@inner:22`,
  ]);
  expect(() => routeTo({ host: "circle" }, places)).toThrow(/circle/);
  expect(() => routeTo({ host: "piped" }, places)).toThrow(/ProxyCommand/);
});

test("the hosts to choose from are the names that are no patterns", () => {
  expect(configuredHosts(places)).toEqual(["gate", "gpu1", "gpu9", "second", "inner", "circle", "piped"]);
});
