import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Transport } from "#transport/transport.ts";

/** The one-file launcher on a target, under a name that says its content: an update never changes a running one. */
export class LauncherFile {
  readonly #options: { transport: Transport; source: string; root: string };
  #placed: Promise<string> | undefined;

  constructor(options: {
    transport: Transport;
    /** The launcher as built, on this machine. */
    source: string;
    /** Slipway's folder on the target. */
    root: string;
  }) {
    this.#options = options;
  }

  /** Path on the target; put there at the first call. */
  path(): Promise<string> {
    this.#placed ??= this.#place().catch((failure: unknown) => {
      this.#placed = undefined;
      throw failure;
    });
    return this.#placed;
  }

  async #place(): Promise<string> {
    const { transport, source, root } = this.#options;
    const hash = createHash("sha256")
      .update(await readFile(source))
      .digest("hex")
      .slice(0, 16);
    const path = `${root}/launcher/slipway_launcher-${hash}.py`;
    const probe = await transport.exec(["test", "-s", path]);
    if ((await probe.exit).code !== 0) await transport.put(source, path);
    return path;
  }
}
