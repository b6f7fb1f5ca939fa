import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainHome } from "#engine/lifecycle/plainHome.ts";

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "slipway-plain-")));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const homeOf = (name: string) => {
  const home = join(root, name);
  mkdirSync(home, { recursive: true });
  return home;
};

test("a plain home is itself, and nothing is made", async () => {
  const home = homeOf("plain");
  expect(await plainHome(home, root)).toBe(home);
  expect(() => statSync(join(root, ".cache"))).toThrow();
});

test("a home that bash would take apart has one link in a private folder, and it is mended", async () => {
  const home = homeOf("it's $my home");
  const link = await plainHome(home, root);
  expect(link).toMatch(/^[\w./-]+$/u);
  expect(readlinkSync(link)).toBe(home);
  expect(lstatSync(dirname(link)).mode & 0o077).toBe(0);
  rmSync(link);
  expect(await plainHome(home, root)).toBe(link);
  expect(realpathSync(link)).toBe(home);
  expect(await plainHome(homeOf("another one"), root)).not.toBe(link);
});

test("a user whose own home is not plain gets a link elsewhere, and a file in its way is said", async () => {
  const home = homeOf("a b");
  const link = await plainHome(home, homeOf("user name"));
  expect(link).toMatch(/^\/tmp\/slipway-[\w./-]+$/u);
  expect(realpathSync(link)).toBe(home);
  rmSync(dirname(link), { recursive: true });
  writeFileSync(dirname(link), "");
  await expect(plainHome(home, homeOf("user name"))).rejects.toThrow();
  rmSync(dirname(link));
});
