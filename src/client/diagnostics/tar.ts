import { gzipSync } from "node:zlib";

export interface ArchivedFile {
  /** Relative, at most 100 bytes. */
  path: string;
  content: Buffer;
}

const block = 512;

/** A `.tar.gz` of a few files (POSIX ustar): the same files give the same bytes. */
export function tarGz(files: readonly ArchivedFile[]): Buffer {
  const parts = files.flatMap(({ path, content }) => [header(path, content.length), content, padding(content.length)]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

function header(path: string, bytes: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long for an archive.`);
  const head = Buffer.alloc(block);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  head.write(path, 0);
  head.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(bytes, 11)}\0${octal(0, 11)}\0`, 100);
  // The checksum is taken with blanks in its own place.
  head.write("        0", 148);
  head.write("ustar\0" + "00", 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${octal(sum, 6)}\0 `, 148);
  return head;
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((block - (bytes % block)) % block);
}
