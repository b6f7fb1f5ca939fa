import { rename, rm } from "node:fs/promises";
import { errnoOf } from "#base/errors.ts";

/** Renames what was made beside its place over it. A file or an empty folder is replaced by the rename itself; a full folder steps aside first. */
export async function replacePath(temp: string, to: string): Promise<void> {
  try {
    await rename(temp, to);
  } catch (failure) {
    if (!["ENOTEMPTY", "EEXIST", "EISDIR", "ENOTDIR"].includes(errnoOf(failure) ?? "")) throw failure;
    const aside = `${temp}.old`;
    await rename(to, aside);
    await rename(temp, to);
    await rm(aside, { recursive: true, force: true });
  }
}
