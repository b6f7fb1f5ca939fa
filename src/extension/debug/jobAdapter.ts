import { basename } from "node:path";
import * as vscode from "vscode";
import { CodedError, messageOf } from "#base/errors.ts";
import { isTerminal } from "#contract/entities/jobStatus.ts";
import type { DebuggedProgram, JobDebugging } from "#contract/routes/debug.ts";
import type { Session } from "../session.ts";
import { submitFile } from "../submit/submit.ts";
import { debugType, isLaunch, programKeys, type AttachConfiguration } from "./jobConfiguration.ts";

/** A message of the Debug Adapter Protocol, as far as it is looked at here. */
interface Message {
  type: string;
  seq: number;
  command?: string;
  arguments?: { terminateDebuggee?: boolean; breakpoints?: unknown[] };
}

/** How often the engine is asked for programs that listen: each waits for us before its first line. */
const lookMs = 150;
const waitSeconds = 30;

/**
 * The session of a job. It debugs nothing itself: each Python program of the job gets a session of its own below this one, which
 * talks to the debugpy of that program. Ends when the job ends. Stop cancels a job that was started here; disconnect leaves it.
 */
export class JobAdapter implements vscode.DebugAdapter {
  readonly #debugSession: vscode.DebugSession;
  readonly #session: Session;
  readonly #messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly #seen = new Set<string>();
  #sequence = 1;
  #job: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  readonly onDidSendMessage = this.#messages.event;

  constructor(options: { debugSession: vscode.DebugSession; session: Session }) {
    this.#debugSession = options.debugSession;
    this.#session = options.session;
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const request = message as Message;
    if (request.type !== "request") return;
    this.#answer(request).then(
      (body) => this.#reply(request, true, { body }),
      (thrown: unknown) => {
        const text = thrown instanceof CodedError ? [thrown.message, thrown.next].join(" ") : messageOf(thrown);
        this.#reply(request, false, { message: text, body: { error: { id: 1, format: text, showUser: true } } });
        if (request.command === "launch" || request.command === "attach") this.#end();
      },
    );
  }

  dispose(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#messages.dispose();
  }

  async #answer({ command, arguments: given }: Message): Promise<unknown> {
    switch (command) {
      case "initialize":
        return { supportsTerminateRequest: true, supportTerminateDebuggee: true };
      case "launch":
        return this.#launch();
      case "attach":
        return this.#attach();
      case "threads":
        return { threads: [] };
      case "setBreakpoints":
        // The sessions of the programs know whether a line can be stopped at.
        return { breakpoints: (given?.breakpoints ?? []).map(() => ({ verified: false })) };
      case "terminate":
        return this.#cancel();
      case "disconnect":
        return given?.terminateDebuggee === true && isLaunch(this.#debugSession.configuration)
          ? this.#cancel()
          : this.#disconnect();
      default:
        return {};
    }
  }

  async #launch(): Promise<void> {
    const { configuration } = this.#debugSession;
    if (!isLaunch(configuration)) return;
    const job = await submitFile(vscode.Uri.file(configuration.file), this.#session, {
      debug: true,
      debug_wait_s: configuration.waitSeconds ?? waitSeconds,
    });
    if (job === undefined) {
      this.#say(vscode.l10n.t("Nothing was submitted."));
      return this.#end();
    }
    this.#say(vscode.l10n.t("Job {0} was submitted. Its log, metrics and exit are those of any run.", job.name));
    this.#follow(job.name);
  }

  async #attach(): Promise<void> {
    const { job: name, pid } = this.#debugSession.configuration as AttachConfiguration;
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace, name };
    const [job, debugging] = await Promise.all([client.showJob({ params }), client.debugJob({ params })]);
    if (isTerminal(job.status))
      throw new Error(vscode.l10n.t("The job {0} is over ({1}), so there is nothing to attach to.", name, job.status));
    if (debugging.debug && pid === undefined) {
      this.#say(
        vscode.l10n.t("Attached to job {0}, which was started with debug: true. Stop leaves it running.", name),
      );
    } else {
      // Refused with the reason and the next step where the machine does not allow it.
      const { programs } = await client.attachJob({ params, body: pid === undefined ? {} : { pid } });
      this.#say(
        vscode.l10n.t(
          "Attached to job {0} by pid (ptrace): {1}. Programs that it starts later are not debugged. Stop leaves it running.",
          name,
          programs.map(nameOf).join(", "),
        ),
      );
    }
    this.#follow(name);
  }

  #follow(job: string): void {
    this.#job = job;
    void this.#look();
  }

  /** Programs that have come, and whether the job is over. */
  async #look(): Promise<void> {
    if (this.#ended || this.#job === undefined) return;
    const params = { workspace: this.#session.workspace, name: this.#job };
    try {
      const client = await this.#session.client();
      const [job, debugging] = await Promise.all([client.showJob({ params }), client.debugJob({ params })]);
      if (isTerminal(job.status)) {
        this.#say(`Job ${job.name}: ${job.status}.${job.error ? ` ${job.error.message}` : ""}`);
        this.#event("exited", { exitCode: job.exit_code ?? (job.status === "Completed" ? 0 : 1) });
        return this.#end();
      }
      for (const program of debugging.programs) this.#debug(program, debugging);
    } catch (thrown) {
      // The engine may be on its way back: the job goes on, and so do we.
      if (!(thrown instanceof CodedError)) this.#say(messageOf(thrown));
    }
    this.#timer = setTimeout(() => void this.#look(), lookMs);
  }

  #debug(program: DebuggedProgram, { code }: JobDebugging): void {
    const key = `${program.pid} ${program.at}`;
    if (this.#ended || this.#seen.has(key)) return;
    this.#seen.add(key);
    const { configuration, workspaceFolder } = this.#debugSession;
    const own = Object.entries(configuration).filter(([name]) => programKeys.includes(name));
    const mapped = code.local !== null && code.remote !== null;
    void vscode.debug.startDebugging(
      workspaceFolder,
      {
        redirectOutput: true,
        ...Object.fromEntries(own),
        type: debugType,
        request: "attach",
        name: nameOf(program),
        connect: { host: program.host, port: program.port },
        ...(mapped ? { pathMappings: [{ localRoot: code.local, remoteRoot: code.remote }] } : {}),
      },
      { parentSession: this.#debugSession, lifecycleManagedByParent: true, compact: true },
    );
  }

  async #cancel(): Promise<void> {
    if (this.#job === undefined || this.#ended) return;
    const client = await this.#session.client();
    this.#say(vscode.l10n.t("Canceling job {0}.", this.#job));
    await client.cancelJob({ params: { workspace: this.#session.workspace, name: this.#job } });
  }

  /** The job goes on, and nothing of it waits for us any more. */
  async #disconnect(): Promise<void> {
    if (this.#job === undefined || this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    const client = await this.#session.client();
    const params = { workspace: this.#session.workspace, name: this.#job };
    // Programs of a job that was attached to by pid wait for nobody.
    if ((await client.debugJob({ params })).debug) await client.releaseJob({ params });
    this.#say(vscode.l10n.t("Job {0} goes on without a debugger.", this.#job));
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#event("terminated", {});
  }

  #say(words: string): void {
    this.#event("output", { category: "console", output: `${words}\n` });
  }

  #event(event: string, body: unknown): void {
    this.#send({ type: "event", event, body });
  }

  #reply(request: Message, success: boolean, more: Record<string, unknown>): void {
    this.#send({ type: "response", request_seq: request.seq, command: request.command, success, ...more });
  }

  #send(message: Record<string, unknown>): void {
    this.#messages.fire({ seq: this.#sequence++, ...message } as vscode.DebugProtocolMessage);
  }
}

/** `train.py (4711)`: the first word of the command line that is neither the interpreter nor an option. */
function nameOf({ program, pid }: DebuggedProgram): string {
  const word = program.slice(1).find((part) => !part.startsWith("-"));
  return `${word === undefined ? "python" : basename(word)} (${pid})`;
}
