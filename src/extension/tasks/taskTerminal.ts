import * as vscode from "vscode";
import { messageOf } from "#base/errors.ts";

/** What a task does: prints, and tells its exit code. An abort means that the user has ended the task. */
export type TaskWork = (output: TaskOutput, signal: AbortSignal) => Promise<number>;

export interface TaskOutput {
  /** A line of ours, dimmed so that it is told from the program's. */
  say: (line: string) => void;
  /** A line that problem matchers read. */
  line: (line: string) => void;
  /** Text with its own line ends. */
  print: (text: string) => void;
}

/** The terminal of one task. Ending the task ends the work, and nothing is asked. */
export class TaskTerminal implements vscode.Pseudoterminal {
  readonly #work: TaskWork;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly #end = new AbortController();
  /** Whether the last character began a new line. */
  #atStart = true;

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(work: TaskWork) {
    this.#work = work;
  }

  open(): void {
    const output: TaskOutput = {
      say: (line) => this.#line(`\u001b[2m${line}\u001b[22m`),
      line: (line) => this.#line(line),
      print: (text) => this.#write(text),
    };
    this.#work(output, this.#end.signal).then(
      (code) => this.#closed.fire(code),
      (thrown: unknown) => {
        if (!this.#end.signal.aborted) this.#line(`\u001b[31m${messageOf(thrown)}\u001b[39m`);
        this.#closed.fire(1);
      },
    );
  }

  close(): void {
    this.#end.abort();
  }

  /** Ctrl-C, as in any terminal. */
  handleInput(data: string): void {
    if (data.includes("\u0003")) this.#end.abort();
  }

  #line(line: string): void {
    this.#write(`${this.#atStart ? "" : "\n"}${line}\n`);
  }

  #write(text: string): void {
    if (text === "") return;
    this.#atStart = text.endsWith("\n");
    this.#written.fire(text.replace(/\r?\n/g, "\r\n"));
  }
}
