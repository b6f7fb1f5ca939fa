import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#base/clock.ts";
import { isPublicAddress } from "#engine/data/addresses.ts";
import { requestUrl } from "#engine/data/httpGet.ts";
import { UrlCache } from "#engine/data/urlCache.ts";

let folder: string;
let server: Server;
let base: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-urls-"));
  server = createServer((request, response) => {
    requests++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  requests = 0;
});

const cache = (allowedHosts: string[] = ["127.0.0.1"]) =>
  new UrlCache({ root: join(folder, "cache"), clock: systemClock, allowedHosts });

describe("a URL", () => {
  test("is downloaded once, asked about again, and used from the copy when the host is gone", async () => {
    answer = (request, response) => {
      if (request.headers["if-none-match"] === '"v1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"v1"' }).end("a,b\n1,2\n");
    };
    const url = `${base}/sets/iris.csv?sig=x`;
    const first = await cache().fetch(url);
    expect(first.path.endsWith("/iris.csv")).toBe(true);
    expect(readFileSync(first.path, "utf8")).toBe("a,b\n1,2\n");
    expect(first.note).toContain("downloaded from");
    expect((await cache().fetch(url)).note).toContain("unchanged at");
    answer = (_request, response) => response.destroy();
    const kept = await cache().fetch(url);
    expect(kept).toMatchObject({ path: first.path, sha256: first.sha256 });
    expect(kept.note).toContain("was not reached");
  });

  test("that two jobs want at once is downloaded once", async () => {
    answer = (_request, response) => response.writeHead(200).end("x");
    const shared = cache();
    const [one, two] = await Promise.all([shared.fetch(`${base}/both`), shared.fetch(`${base}/both`)]);
    expect(one).toEqual(two);
    expect(requests).toBe(1);
  });

  test("that ends early leaves nothing behind and says what to do", async () => {
    answer = (_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("short");
      response.destroy();
    };
    await expect(cache().fetch(`${base}/data/cut.csv`)).rejects.toMatchObject({
      code: "input-unavailable",
      next: expect.stringContaining(`slipway mirror add --prefix ${base}/data/`),
    });
  });

  test("that is not there is said with the host's word", async () => {
    answer = (_request, response) => response.writeHead(404).end();
    await expect(cache().fetch(`${base}/none?sig=secret`)).rejects.toMatchObject({
      code: "input-unavailable",
      message: expect.stringMatching(/answered 404/),
    });
    await expect(cache().fetch(`${base}/none?sig=secret`)).rejects.not.toMatchObject({
      message: expect.stringContaining("secret"),
    });
  });
});

describe("a URL is never a way into this machine or its network", () => {
  test.each([
    "http://127.0.0.1:1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://localhost:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://[fd00::1]/",
    "http://0.0.0.0:1/",
  ])("%s is refused before a connection", async (url) => {
    await expect(requestUrl(url, { headers: {}, allowedHosts: new Set() })).rejects.toMatchObject({
      code: "input-unavailable",
    });
  });

  test.each(["file:///etc/passwd", "data:text/plain,x", "ftp://example.org/x"])(
    "%s is no scheme for it",
    async (url) => {
      await expect(requestUrl(url, { headers: {}, allowedHosts: new Set() })).rejects.toMatchObject({
        message: expect.stringContaining("only http and https"),
      });
    },
  );

  test.each(["http://169.254.169.254/", "file:///etc/passwd", "http://[::1]:1/"])(
    "a redirect to %s is refused",
    async (location) => {
      answer = (_request, response) => response.writeHead(302, { location }).end();
      await expect(cache().fetch(`${base}/redirect-${encodeURIComponent(location)}`)).rejects.toMatchObject({
        code: "input-unavailable",
      });
      expect(requests).toBe(1);
    },
  );

  test("three redirects are followed, a fourth is not", async () => {
    const redirects = (most: number) => (request: IncomingMessage, response: ServerResponse) => {
      const hop = Number(request.url?.split("/").at(-1));
      if (hop < most) response.writeHead(302, { location: `/${most}/${hop + 1}` }).end();
      else response.writeHead(200).end("here");
    };
    answer = redirects(3);
    expect(readFileSync((await cache().fetch(`${base}/3/0`)).path, "utf8")).toBe("here");
    answer = redirects(4);
    await expect(cache().fetch(`${base}/4/0`)).rejects.toMatchObject({
      message: expect.stringContaining("more than 3 times"),
    });
  });

  test("addresses are judged by what they are", () => {
    for (const address of ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"]) expect(isPublicAddress(address)).toBe(true);
    for (const address of ["::", "100.64.0.1", "172.31.0.1", "::ffff:7f00:1", "fe80::1", "224.0.0.1", "not an ip"]) {
      expect(isPublicAddress(address), address).toBe(false);
    }
  });
});
