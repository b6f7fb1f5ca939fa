import type { FileFrame } from "#contract/fileBatch.ts";

/** Files as the bytes of a reply: a line of JSON for each, then what it holds. */
export async function* framesOf(
  groups: AsyncIterable<readonly { path: string; content: Buffer | null }[]>,
): AsyncGenerator<Buffer> {
  for await (const group of groups) {
    const parts: Buffer[] = [];
    for (const { path, content } of group) {
      const frame: FileFrame = { path, bytes: content?.length ?? null };
      parts.push(Buffer.from(`${JSON.stringify(frame)}\n`));
      if (content) parts.push(content);
    }
    // One piece for many files: a piece for each would cost more than reading it.
    if (parts.length > 0) yield Buffer.concat(parts);
  }
}
