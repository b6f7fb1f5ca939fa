import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identifyProcess } from "#base/processIdentity.ts";

/** A server on a home's socket whose replies a test can break where it likes; the record names this process. */
export class StandIn {
  readonly home = mkdtempSync(join(tmpdir(), "slipway-client-"));
  readonly socket = join(this.home, "engine.sock");
  #server: Server | undefined;

  async listen(handle: RequestListener): Promise<void> {
    await this.close();
    this.#server = createServer(handle);
    await new Promise<void>((resolve) => this.#server!.listen(this.socket, resolve));
    const identity = await identifyProcess(process.pid);
    writeFileSync(
      join(this.home, "engine.json"),
      JSON.stringify({ ...identity, build: "test", version: "0", socket: this.socket, url: "http://127.0.0.1:1" }),
    );
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}
