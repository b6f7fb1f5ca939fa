import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Disposable } from "#base/disposable.ts";
import { errnoOf } from "#base/errors.ts";

/** Uploads of large artifacts over slow links may take long; a header never does. */
const headersTimeoutMs = 30_000;

/** The loopback door for MLflow clients. It takes the port that it had before, so that addresses stay good over restarts. */
export class TcpServer implements Disposable {
  readonly #server: Server;

  constructor(options: { listener: RequestListener }) {
    this.#server = createServer(
      { noDelay: true, requestTimeout: 0, headersTimeout: headersTimeoutMs },
      options.listener,
    );
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Listens on `wanted`, or on a free port when that is taken or 0. Returns the port. */
  async listen(wanted: number): Promise<number> {
    try {
      await this.#listenOn(wanted);
    } catch (thrown) {
      if (wanted === 0 || errnoOf(thrown) !== "EADDRINUSE") throw thrown;
      await this.#listenOn(0);
    }
    return (this.#server.address() as AddressInfo).port;
  }

  async dispose(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #listenOn(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }
}
