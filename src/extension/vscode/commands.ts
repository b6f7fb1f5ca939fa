import * as vscode from "vscode";
import type { CommandId } from "../contributions/commands.ts";
import { showError } from "./errors.ts";

/** What a command does. The argument is what the menu or link gave, unchecked. */
export type CommandHandler = (argument: unknown, more?: unknown) => unknown;

/** A handler for every command of the table; forgetting one does not compile. */
export type CommandHandlers = { [K in CommandId]: CommandHandler };

/** Registers all commands behind one place that tells the user of failures. */
export function registerCommands(handlers: CommandHandlers, log: vscode.LogOutputChannel): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (argument: unknown, more: unknown) => {
      try {
        return await handler(argument, more);
      } catch (thrown) {
        await showError(thrown, log);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** A `command:` link, for Markdown that is trusted for this command alone. */
export function commandLink(command: CommandId, ...args: unknown[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
}
