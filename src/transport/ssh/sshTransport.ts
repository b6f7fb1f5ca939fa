import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import type { Clock } from "#base/clock.ts";
import { CodedError, messageOf } from "#base/errors.ts";
import type { ExecOptions, MachineFacts, RemoteProcess, Transport } from "../transport.ts";
import { killCommand, remoteCommand } from "./command.ts";
import type { HostAddress, SshPlaces } from "./config/hostSettings.ts";
import { routeTo } from "./config/route.ts";
import type { Consent } from "./connect.ts";
import { SshConnection } from "./connection.ts";
import { Transfer } from "./copy/transfer.ts";
import { unreachable } from "./sshError.ts";
import { SshProcess } from "./sshProcess.ts";

interface SshTransportOptions {
  address: HostAddress;
  places: SshPlaces;
  consent: () => Consent;
  clock: Clock;
  /** Folder of this build that holds the Python package `slipway`. */
  pythonFolder: string;
  /** Interpreter on the host for copying files, 3.8 or newer. */
  python?: string;
  random?: () => number;
}

/** A machine that is reached over SSH, with the user's own ssh files. */
export class SshTransport implements Transport {
  readonly kind = "ssh";
  readonly sharesFiles = false;
  readonly #host: string;
  readonly #connection: SshConnection;
  readonly #transfer: Transfer;
  readonly #running = new Set<SshProcess>();

  constructor(options: SshTransportOptions) {
    const { address, places, consent, clock, pythonFolder, python = "python3", random = Math.random } = options;
    this.#host = address.host;
    this.#connection = new SshConnection({ route: () => routeTo(address, places), consent, clock, random });
    const exec = (argv: readonly [string, ...string[]]): Promise<RemoteProcess> => this.exec(argv);
    this.#transfer = new Transfer({ host: this.#host, pythonFolder, python, clock, exec });
  }

  async exec(argv: readonly [string, ...string[]], options: ExecOptions = {}): Promise<RemoteProcess> {
    options.signal?.throwIfAborted();
    const process = await this.#start(argv, options);
    const preface = await process.preface.catch((failure: unknown) => {
      if (failure instanceof CodedError) throw failure;
      throw new CodedError({
        code: "target-fault",
        status: 502,
        message: `${this.#host} did not start ${argv[0]}: ${messageOf(failure)}`,
        next: `Try \`ssh ${this.#host} sh -c true\` in a terminal.`,
      });
    });
    if (preface.is !== "ok") throw this.#missing(preface.is, argv[0], options.cwd);
    this.#running.add(process);
    void process.exit.catch(() => undefined).finally(() => this.#running.delete(process));
    const { signal } = options;
    if (signal !== undefined) {
      const onAbort = (): void => process.abort();
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      void process.exit.catch(() => undefined).finally(() => signal.removeEventListener("abort", onAbort));
    }
    return process;
  }

  put(from: string, to: string): Promise<void> {
    return this.#transfer.put(from, to);
  }

  get(from: string, to: string): Promise<void> {
    return this.#transfer.get(from, to);
  }

  async probe(): Promise<MachineFacts> {
    const process = await this.exec(["sh", "-c", 'uname -s; uname -m; uname -n; printf "%s\\n" "$HOME"']);
    process.stdin.end();
    process.stderr.resume();
    const [out] = await Promise.all([text(process.stdout), process.exit]);
    const [system = "", machine = "", hostname = "", home = ""] = out.split("\n");
    return { os: system.toLowerCase(), arch: architectures[machine] ?? machine, hostname, home };
  }

  /** Ends every process that was started here and is still running, then the connection. */
  async close(): Promise<void> {
    const running = [...this.#running];
    for (const one of running) one.abort();
    await Promise.all(
      running.map((one) => {
        one.stdout.resume();
        one.stderr.resume();
        return one.exit.catch(() => undefined);
      }),
    );
    this.#connection.close();
  }

  #start(argv: readonly [string, ...string[]], options: ExecOptions, urgent = false): Promise<SshProcess> {
    const mark = `slipway-${randomBytes(9).toString("hex")}`;
    const lost = (): Error => unreachable(this.#host, "the connection was lost");
    const kill = (started: { pid: number; start: string }, signal: string): void => this.#kill(started, signal);
    return this.#connection.exec(
      remoteCommand(argv, options, mark),
      (client, channel) => new SshProcess({ client, channel, mark, lost, kill }),
      urgent,
    );
  }

  /** Servers do not all pass signals on, so a second command sends them. A host that is lost cannot be told. */
  #kill(started: { pid: number; start: string }, signal: string): void {
    this.#start(killCommand(started, signal), {}, true).then(
      (process) => {
        process.preface.catch(() => undefined);
        process.stdin.end();
        process.stdout.resume();
        process.stderr.resume();
      },
      () => undefined,
    );
  }

  #missing(what: "cwd" | "program", program: string, cwd: string | undefined): CodedError {
    if (what === "cwd") {
      const message = `There is no folder ${cwd ?? ""} on ${this.#host} to start ${program} in`;
      return new CodedError({ code: "file-not-found", status: 400, message });
    }
    return new CodedError({
      code: "tool-not-found",
      status: 424,
      message: `${program} was not found on ${this.#host}`,
      next: `Install ${program} there.`,
    });
  }
}

/** As Node names them. */
const architectures: Readonly<Record<string, string>> = { x86_64: "x64", amd64: "x64", aarch64: "arm64" };
