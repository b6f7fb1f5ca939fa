import * as vscode from "vscode";
import type { Session } from "../session.ts";
import { JobAdapter } from "./jobAdapter.ts";
import { debugType, isProgram } from "./jobConfiguration.ts";

/** Which adapter a session has: a job's is ours, a program's is the debugpy that the program has started. */
export class DebugSessions implements vscode.DebugAdapterDescriptorFactory, vscode.Disposable {
  readonly #session: Session;
  readonly #children: vscode.Disposable;
  readonly #programs = new Set<vscode.DebugSession>();

  constructor(options: { session: Session }) {
    this.#session = options.session;
    this.#children = vscode.Disposable.from(
      vscode.debug.onDidReceiveDebugSessionCustomEvent((event) => {
        if (event.session.type === debugType && event.event === "debugpyAttach") void followChild(event);
      }),
      vscode.debug.onDidStartDebugSession((started) => {
        if (started.type === debugType && isProgram(started.configuration)) this.#programs.add(started);
      }),
      vscode.debug.onDidTerminateDebugSession((ended) => {
        this.#programs.delete(ended);
        // A job that goes on is let go by all sessions of its programs.
        for (const program of this.#programs) if (program.parentSession?.id === ended.id) letGo(program);
      }),
    );
  }

  createDebugAdapterDescriptor(debugSession: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { configuration } = debugSession;
    if (isProgram(configuration)) {
      return new vscode.DebugAdapterServer(configuration.connect.port, configuration.connect.host);
    }
    return new vscode.DebugAdapterInlineImplementation(new JobAdapter({ debugSession, session: this.#session }));
  }

  dispose(): void {
    this.#children.dispose();
  }
}

/** debugpy has followed a program into a child process, and names the port where that can be debugged. */
async function followChild({ session, body }: vscode.DebugSessionCustomEvent): Promise<void> {
  const configuration = body as Partial<vscode.DebugConfiguration>;
  await vscode.debug.startDebugging(
    session.workspaceFolder,
    { ...configuration, type: debugType, request: "attach", name: configuration.name ?? session.name },
    { parentSession: session, lifecycleManagedByParent: true, compact: false },
  );
}

function letGo(program: vscode.DebugSession): void {
  program.customRequest("disconnect", { terminateDebuggee: false }).then(undefined, () => {
    // The program has ended meanwhile, and its session with it.
  });
}
