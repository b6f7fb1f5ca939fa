import { randomBytes } from "node:crypto";
import { lstat, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { Clock } from "#base/clock.ts";
import { CodedError, errnoOf, messageOf } from "#base/errors.ts";
import { replacePath } from "../../replacePath.ts";
import type { RemoteProcess } from "../../transport.ts";
import { isUnreachable } from "../sshError.ts";
import { ByteReader } from "./byteReader.ts";
import { Arrived, held, HostFault, incoming } from "./incoming.ts";
import { outgoing } from "./outgoing.ts";

/** A transfer that is cut off is taken up again for this long; then whoever asked for it decides. */
const TRY_FOR_MS = 60_000;
const BETWEEN_MS = 500;

interface TransferOptions {
  host: string;
  /** Folder that holds the Python package `slipway`. */
  pythonFolder: string;
  python: string;
  clock: Clock;
  exec: (argv: readonly [string, ...string[]]) => Promise<RemoteProcess>;
}

/** Copies between this machine and a host: one stream each way, hashed file by file, taken up again where it was cut off. */
export class Transfer {
  readonly #options: TransferOptions;
  readonly #programs = new Map<string, Promise<string>>();

  constructor(options: TransferOptions) {
    this.#options = options;
  }

  async put(from: string, to: string): Promise<void> {
    await lstat(from).catch((failure: unknown) => {
      throw failed(failure, `There is no ${from}`, "");
    });
    const temp = `${to}.${randomBytes(6).toString("hex")}.tmp`;
    let resume = false;
    try {
      await this.#insist(async () => {
        try {
          await this.#send(from, temp, to, resume);
        } finally {
          resume = true;
        }
      });
    } catch (failure) {
      if (!isUnreachable(failure)) await this.#forget(temp);
      throw this.#explained(failure, from, to);
    }
  }

  async get(from: string, to: string): Promise<void> {
    const temp = `${to}.${randomBytes(6).toString("hex")}.tmp`;
    const arrived = new Arrived();
    try {
      await mkdir(dirname(to), { recursive: true });
      await this.#insist(() => this.#fetch(from, temp, arrived));
      await replacePath(temp, to);
    } catch (failure) {
      await rm(temp, { recursive: true, force: true });
      throw this.#explained(failure, from, to);
    }
  }

  async #send(from: string, temp: string, to: string, resume: boolean): Promise<void> {
    const process = await this.#start("receive");
    const reader = new ByteReader(process.stdout);
    const words = text(process.stderr).catch(() => "");
    const ask = async (): Promise<Record<string, unknown>> =>
      parse(await reader.line()) ?? (await this.#ended(process, words));
    process.stdin.write(`${JSON.stringify({ temp, to, resume })}\n`);
    const done = resume ? Number((await ask())["done"]) : 0;
    const offset = async (): Promise<number> => Number((await ask())["offset"]);
    let answered: Record<string, unknown> | undefined;
    // A host that cannot go on says so at once and reads no further.
    let isOver = false;
    const over = process.exit.catch(() => undefined).then(() => void (isOver = true));
    try {
      for await (const bytes of outgoing(from, { done, ...(resume ? { offset } : {}) })) {
        if (isOver) break;
        if (process.stdin.write(bytes)) continue;
        await Promise.race([new Promise((resolve) => process.stdin.once("drain", resolve)), over]);
      }
      process.stdin.end();
      answered = await ask();
    } finally {
      if (answered === undefined) process.kill("SIGKILL");
    }
    await process.exit;
    const error = answered["error"] as { errno?: unknown; message?: unknown } | undefined;
    if (error !== undefined) {
      const errno = typeof error.errno === "string" ? error.errno : null;
      throw new HostFault(String(error.message), errno);
    }
  }

  async #fetch(from: string, temp: string, arrived: Arrived): Promise<void> {
    const process = await this.#start("send");
    const words = text(process.stderr).catch(() => "");
    // The file that was cut off is the only one whose name is not known here: it is asked for from its beginning.
    const offset = arrived.done === 0 ? await held(temp) : 0;
    process.stdin.end(`${JSON.stringify({ from, done: arrived.done, offset })}\n`);
    try {
      await incoming(new ByteReader(process.stdout), temp, arrived, this.#options.host);
    } catch (failure) {
      process.kill("SIGKILL");
      if (failure instanceof HostFault || failure instanceof CodedError || errnoOf(failure) !== undefined)
        throw failure;
      await this.#ended(process, words);
    }
    process.stdout.resume();
    await process.exit;
  }

  /** Half of a transfer that will not be taken up again. */
  async #forget(temp: string): Promise<void> {
    const process = await this.#options.exec(["rm", "-rf", "--", temp, `${temp}.progress`]).catch(() => undefined);
    process?.stdin.end();
    await process?.exit.catch(() => undefined);
  }

  /** The other side ended in the middle: because the connection was lost, or with words of its own. */
  async #ended(process: RemoteProcess, words: Promise<string>): Promise<never> {
    process.stdout.resume();
    const { code, signal } = await process.exit;
    const said = (await words).trim().slice(-2000);
    throw new HostFault(said === "" ? `the copying ended there (${signal ?? String(code)})` : said, null);
  }

  async #start(name: "receive" | "send"): Promise<RemoteProcess> {
    const { pythonFolder, python, exec } = this.#options;
    let program = this.#programs.get(name);
    if (program === undefined) {
      program = readFile(join(pythonFolder, "slipway/transfer", `${name}.py`), "utf8");
      this.#programs.set(name, program);
    }
    return exec([python, "-I", "-S", "-c", await program]);
  }

  async #insist(work: () => Promise<void>): Promise<void> {
    const { clock } = this.#options;
    const end = clock.monotonic() + TRY_FOR_MS;
    for (;;) {
      try {
        return await work();
      } catch (failure) {
        if (!isUnreachable(failure) || clock.monotonic() > end) throw failure;
        await new Promise<void>((resolve) => void clock.after(BETWEEN_MS, resolve));
      }
    }
  }

  #explained(failure: unknown, from: string, to: string): unknown {
    if (failure instanceof CodedError) return failure;
    const { host } = this.#options;
    const isTheirs = failure instanceof HostFault;
    const place = isTheirs ? ` on ${host}` : "";
    return failed(failure, `There is no ${from}${place}`, `${from} could not be copied to ${to}${place}`);
  }
}

function parse(line: string | undefined): Record<string, unknown> | undefined {
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function failed(failure: unknown, missing: string, copy: string): CodedError {
  const errno = failure instanceof HostFault ? failure.errno : errnoOf(failure);
  if (errno === "ENOENT") {
    return new CodedError({ code: "file-not-found", status: 400, message: missing, cause: failure });
  }
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    const next = "Free some space there and try again.";
    return new CodedError({ code: "disk-full", status: 507, message: `No space left: ${copy}`, next, cause: failure });
  }
  return new CodedError({
    code: "target-fault",
    status: 502,
    message: `${copy}: ${messageOf(failure)}`,
    cause: failure,
  });
}
