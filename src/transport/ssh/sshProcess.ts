import { PassThrough, type Readable, type Writable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import type { ExitStatus, RemoteProcess } from "../transport.ts";

/** What a login shell prints before the program starts is let through to nobody; more than this is no greeting. */
const MOST_BANNER = 1024 * 1024;
/** How long an aborted process gets between SIGTERM and SIGKILL. */
const ABORT_GRACE_MS = 2000;

/** What the line before a program says. */
export type Preface = { is: "ok"; pid: number; start: string } | { is: "cwd" } | { is: "program" };

interface Options {
  client: Client;
  channel: ClientChannel;
  /** Begins the line before the program's own output. */
  mark: string;
  /** The error when the connection is lost under the process. */
  lost: () => Error;
  kill: (started: { pid: number; start: string }, signal: string) => void;
}

/** A process on a host: its channel, without what the login shell printed before it. */
export class SshProcess implements RemoteProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<ExitStatus>;
  /** What the line before the program said; rejects when none came. */
  readonly preface: Promise<Preface>;
  readonly #kill: Options["kill"];
  #started: { pid: number; start: string } | undefined;
  #over = false;
  readonly #sent = new Set<string>();

  constructor(options: Options) {
    const { client, channel, mark, lost } = options;
    const out = new PassThrough();
    const err = new PassThrough();
    this.#kill = options.kill;
    this.stdin = channel;
    this.stdout = out;
    this.stderr = err;
    // Writing to a process that is gone is no fault of the writer: its exit tells.
    channel.on("error", () => undefined);
    for (const stream of [out, err]) stream.on("error", () => undefined);
    channel.stderr.pipe(err);
    let status: ExitStatus | undefined;
    channel.on("exit", (code: number | null, signal?: string) => {
      status = code === null ? { code: null, signal: signal ?? "SIGKILL" } : { code, signal: null };
    });
    const begun = Promise.withResolvers<Preface>();
    const ended = Promise.withResolvers<ExitStatus>();
    this.preface = begun.promise;
    this.exit = ended.promise;
    ended.promise.catch(() => undefined);
    begun.promise.catch(() => undefined);
    const onLost = (): void => {
      if (this.#over) return;
      this.#over = true;
      const failure = lost();
      for (const stream of [out, err]) stream.destroy(failure);
      begun.reject(failure);
      ended.reject(failure);
    };
    client.once("close", onLost);
    channel.once("close", () => {
      if (this.#over) return;
      // A channel that ends without a word of the process ended with its connection.
      if (status === undefined) return onLost();
      this.#over = true;
      client.removeListener("close", onLost);
      out.end();
      err.end();
      begun.reject(new Error("the login shell ended before the program was started"));
      ended.resolve(status);
    });
    readPreface(
      channel,
      out,
      mark,
      (preface) => {
        if (preface.is === "ok") this.#started = preface;
        begun.resolve(preface);
      },
      begun.reject,
    );
  }

  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): void {
    if (this.#over || this.#started === undefined || this.#sent.has(signal)) return;
    // Asked again and again, a host that is slow would be given as many commands.
    this.#sent.add(signal);
    this.#kill(this.#started, signal);
  }

  /** Ends the process and its helpers, whether it wants to or not. */
  abort(): void {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), ABORT_GRACE_MS);
    void this.exit.catch(() => undefined).finally(() => clearTimeout(timer));
  }
}

function readPreface(
  channel: ClientChannel,
  out: PassThrough,
  mark: string,
  found: (preface: Preface) => void,
  failed: (failure: Error) => void,
): void {
  let banner: Buffer | undefined = Buffer.alloc(0);
  const pass = (chunk: Buffer): void => {
    if (out.write(chunk)) return;
    channel.pause();
    out.once("drain", () => channel.resume());
  };
  channel.on("data", (chunk: Buffer) => {
    if (banner === undefined) return pass(chunk);
    banner = Buffer.concat([banner, chunk]);
    const at = banner.indexOf(mark);
    const end = at < 0 ? -1 : banner.indexOf(10, at);
    if (end >= 0) {
      const words = banner
        .subarray(at + mark.length, end)
        .toString("latin1")
        .trim()
        .split(" ");
      const rest = banner.subarray(end + 1);
      banner = undefined;
      if (words[0] === "ok") found({ is: "ok", pid: Number(words[1]), start: words[2] ?? "" });
      else found({ is: words[0] === "cwd" ? "cwd" : "program" });
      if (rest.length > 0) pass(rest);
    } else if (banner.length > MOST_BANNER) {
      failed(new Error("its login shell prints more than a greeting"));
      channel.close();
    }
  });
}
