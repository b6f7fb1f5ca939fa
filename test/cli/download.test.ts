import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { downloadFiles, type WantedFile } from "#cli/download/downloadFiles.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-download-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
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
      onProgress: () => undefined,
    });
    await expect(attempt).rejects.toMatchObject({ code: "path-outside" });
    expect(existsSync(join(folder, "../out"))).toBe(false);
  });
});
