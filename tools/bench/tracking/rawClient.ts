import { connect, type Socket } from "node:net";

/** One keep-alive connection that sends a request and waits for its whole answer: nothing between the clock and the server. */
export class RawClient {
  readonly #socket: Socket;
  #buffered: Buffer = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #fault: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => {
      this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
      this.#wake?.();
    });
    const fail = (fault: Error) => {
      this.#fault ??= fault;
      this.#wake?.();
    };
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("The server closed the connection.")));
  }

  static open(url: URL): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => resolve(new RawClient(socket)));
      socket.once("error", reject);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Sends a request that {@link buildRequest} made. Throws when the answer is not 200. */
  async send(request: Buffer): Promise<Buffer> {
    this.#socket.write(request);
    const head = await this.#until("\r\n\r\n");
    const status = Number(head.subarray(9, 12).toString("latin1"));
    const headers = head.toString("latin1").toLowerCase();
    const length = /\r\ncontent-length: *(\d+)/.exec(headers);
    const body = length ? await this.#take(Number(length[1])) : await this.#chunked();
    if (status !== 200) throw new Error(`HTTP ${status}: ${body.toString("utf8").slice(0, 500)}`);
    return body;
  }

  async #until(mark: string): Promise<Buffer> {
    for (;;) {
      const at = this.#buffered.indexOf(mark);
      if (at >= 0) return this.#take(at + mark.length);
      await this.#more();
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    while (this.#buffered.length < bytes) await this.#more();
    const taken = this.#buffered.subarray(0, bytes);
    this.#buffered = this.#buffered.subarray(bytes);
    return taken;
  }

  async #chunked(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const size = parseInt((await this.#until("\r\n")).toString("latin1"), 16);
      const part = await this.#take(size + 2);
      if (size === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, size));
    }
  }

  #more(): Promise<void> {
    if (this.#fault) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        if (this.#fault) reject(this.#fault);
        else resolve();
      };
    });
  }
}

/** The bytes of a request, made before the clock starts. */
export function buildRequest(url: URL, method: string, path: string, body: unknown, token: string | null): Buffer {
  const text = body === null ? "" : JSON.stringify(body);
  const prefix = url.pathname === "/" ? "" : url.pathname;
  const lines = [
    `${method} ${prefix}${path} HTTP/1.1`,
    `Host: ${url.host}`,
    "Accept: */*",
    ...(token ? [`Authorization: Bearer ${token}`] : []),
    ...(body === null ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${text}`);
}
