import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slipwayError } from "#contract/errors.ts";
import { downloadFiles } from "#client/download/downloadFiles.ts";
import type { WantedFile } from "#client/download/wantedFile.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-download-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
/** The replies of an engine of an older build. */
const readMany = async (): Promise<never> => {
  throw slipwayError("not-found", "No route");
};
const file = (path: string, text: string): WantedFile => ({
  path,
  place: path,
  bytes: text.length,
  sha256: sha256(text),
});

async function* bytesOf(...parts: (string | Error)[]): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield Buffer.from(part);
  }
}

describe("a download", () => {
  it("brings many files, and counts each byte once though replies break", async () => {
    const files = Array.from({ length: 50 }, (_, index) => file(`artifacts/d${index % 7}/f${index}`, `text ${index}`));
    const broken = new Set<string>();
    let last = [0, 0];
    await downloadFiles(files, {
      folder,
      read: async (path) => {
        const text = `text ${path.split("f").at(-1)}`;
        if (path.endsWith("3") && !broken.has(path)) {
          broken.add(path);
          return bytesOf(text.slice(0, 2), new Error("aborted"));
        }
        return bytesOf(text.slice(0, 3), text.slice(3));
      },
      readMany,
      onProgress: (...now) => (last = now),
    });
    for (const { place, sha256: hash } of files) expect(sha256(readFileSync(join(folder, place), "utf8"))).toBe(hash);
    expect(broken.size).toBe(5);
    expect(last).toEqual([50, files.reduce((sum, { bytes }) => sum + bytes, 0)]);
  });

  it("leaves nothing of a file whose bytes are wrong, and names it", async () => {
    const wrong = downloadFiles([file("a/model.pkl", "right")], {
      folder,
      read: async () => bytesOf("wrong"),
      readMany,
      onProgress: () => undefined,
    });
    await expect(wrong).rejects.toMatchObject({
      code: "blob-corrupt",
      message: expect.stringContaining("a/model.pkl"),
    });
    expect(readdirSync(join(folder, "a"))).toEqual([]);
  });

  it("keeps what is there and right, and replaces what is not", async () => {
    writeFileSync(join(folder, "same"), "12345");
    writeFileSync(join(folder, "other"), "54321");
    const before = statSync(join(folder, "same")).ino;
    const read: string[] = [];
    await downloadFiles([file("same", "12345"), file("other", "12345")], {
      folder,
      read: async (path) => {
        read.push(path);
        return bytesOf("12345");
      },
      readMany,
      onProgress: () => undefined,
    });
    expect(read).toEqual(["other"]);
    expect(statSync(join(folder, "same")).ino).toBe(before);
    expect(readFileSync(join(folder, "other"), "utf8")).toBe("12345");
  });

  it.each(["../out", "a/../../out", "/../out"])("refuses a name that leads out of the folder: %s", async (place) => {
    const attempt = downloadFiles([{ ...file("x", "x"), place }], {
      folder,
      read: async () => bytesOf("x"),
      readMany,
      onProgress: () => undefined,
    });
    await expect(attempt).rejects.toMatchObject({ code: "path-outside" });
    expect(existsSync(join(folder, "../out"))).toBe(false);
  });
});

/** A reply as the engine makes it, cut into pieces of `size` bytes. */
async function* reply(frames: [path: string, content: string | null][], size = 7): AsyncGenerator<Buffer> {
  const whole = Buffer.concat(
    frames.flatMap(([path, content]) => [
      Buffer.from(`${JSON.stringify({ path, bytes: content === null ? null : Buffer.byteLength(content) })}\n`),
      Buffer.from(content ?? ""),
    ]),
  );
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

describe("many small files in one reply", () => {
  const small = Array.from({ length: 30 }, (_, index) => file(`d${index % 3}/f${index}`, `Text ${index}\n`));
  const textOf = (path: string) => `Text ${path.split("f").at(-1)}\n`;
  const read = async (path: string) => bytesOf(textOf(path));

  it("are asked for once, checked and counted", async () => {
    const asked: string[][] = [];
    const alone: string[] = [];
    let last = [0, 0];
    await downloadFiles([...small, { ...file("large", "x"), bytes: 1_000_000 }], {
      folder,
      read: async (path) => {
        alone.push(path);
        return bytesOf("x");
      },
      readMany: async (paths) => {
        asked.push(paths);
        return reply(paths.map((path) => [path, textOf(path)]));
      },
      onProgress: (...now) => (last = now),
    });
    expect(asked).toEqual([small.map(({ path }) => path)]);
    expect(alone).toEqual(["large"]);
    for (const { place } of small) expect(readFileSync(join(folder, place), "utf8")).toBe(textOf(place));
    expect(last[0]).toBe(31);
    expect(readdirSync(join(folder, "d0")).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("are asked for again from where a reply broke, and those without bytes one by one", async () => {
    const asked: number[] = [];
    const alone: string[] = [];
    await downloadFiles(small, {
      folder,
      read: async (path) => {
        alone.push(path);
        return read(path);
      },
      readMany: async (paths) => {
        asked.push(paths.length);
        const come = asked.length === 1 ? paths.slice(0, 10) : paths;
        return reply(come.map((path) => [path, path === "d2/f11" ? null : textOf(path)]));
      },
      onProgress: () => undefined,
    });
    expect([asked, alone]).toEqual([[30, 20], ["d2/f11"]]);
    for (const { place } of small) expect(readFileSync(join(folder, place), "utf8")).toBe(textOf(place));
  });

  it.each([
    ["another name", (paths: string[]) => reply(paths.map((path) => [`../${path}`, textOf(path)])), "internal"],
    ["another order", (paths: string[]) => reply(paths.toReversed().map((path) => [path, textOf(path)])), "internal"],
    ["no frames at all", () => bytesOf("<html>", "\n"), "internal"],
    ["a size beyond the limit", (paths: string[]) => bytesOf(`{"path":"${paths[0]}","bytes":999999999}\n`), "internal"],
    ["other bytes", (paths: string[]) => reply(paths.map((path) => [path, "Text ?\n"])), "blob-corrupt"],
  ])("refuses a reply with %s and leaves nothing of it", async (_what, answer, code) => {
    const attempt = downloadFiles(small, {
      folder,
      read,
      readMany: async (paths) => answer(paths),
      onProgress: () => undefined,
    });
    await expect(attempt).rejects.toMatchObject({ code });
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("f"))).toEqual([]);
  });

  it("ends when it is told to, keeps what is whole and goes on from there", async () => {
    const end = new AbortController();
    const asked: number[] = [];
    const readMany = async (paths: string[]) => {
      asked.push(paths.length);
      return reply(paths.map((path) => [path, textOf(path)]));
    };
    const attempt = downloadFiles(small, {
      folder,
      read,
      readMany: async (paths) => {
        const source = await readMany(paths);
        return (async function* () {
          for await (const piece of source) {
            end.signal.throwIfAborted();
            yield piece;
          }
        })();
      },
      onProgress: (files) => files === 12 && end.abort(new Error("enough")),
      signal: end.signal,
    });
    await expect(attempt).rejects.toThrow("enough");
    await downloadFiles(small, { folder, read, readMany, onProgress: () => undefined });
    expect(asked).toEqual([30, 18]);
  });
});
