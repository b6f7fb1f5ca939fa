import * as vscode from "vscode";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { slipwayHome } from "#base/home.ts";
import type { CommandHandlers } from "../vscode/commands.ts";
import type { Session } from "../session.ts";
import { oneDecimal } from "../vscode/numbers.ts";
import { saveDiagnostics } from "./saveDiagnostics.ts";
import { setting } from "../vscode/settings.ts";

type EngineCommand = Extract<keyof CommandHandlers, `slipway.engine.${string}`>;

/** Start, stop, look at and clean up the engine. */
export function engineCommands(options: { session: Session }): Pick<CommandHandlers, EngineCommand> {
  const { session } = options;

  const stop = async () => {
    const client = await session.ifRunning();
    await client?.engineStop({ body: { reason: "asked for in the editor" } });
    session.disconnected();
  };

  return {
    "slipway.engine.start": () =>
      vscode.window.withProgress({ location: { viewId: "slipway.jobs" } }, () => session.client()),
    "slipway.engine.stop": stop,
    "slipway.engine.restart": async () => {
      await stop();
      await session.client();
    },
    "slipway.engine.status": async () => {
      const client = await session.client();
      await show(JSON.stringify(await client.engineStatus(), null, 2), "json");
    },
    "slipway.engine.logs": async () => {
      const home = setting("slipway.home") || slipwayHome();
      const text = await readFile(join(home, "engine.log"), "utf8").catch(
        () => `${vscode.l10n.t("There is no engine log yet.")}\n`,
      );
      await show(text.slice(-1_000_000), "log");
    },
    "slipway.engine.gc": () => freeSpace(session),
    "slipway.engine.diagnostics": () => saveDiagnostics(session),
  };
}

async function show(content: string, language: string): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language }));
}

async function freeSpace(session: Session): Promise<void> {
  const client = await session.client();
  const megabytes = (bytes: number) => `${oneDecimal(bytes / 1e6)} MB`;
  const plan = await client.collectGarbage({ body: { dry_run: true } });
  if (plan.removed.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("Nothing to remove: everything that is kept is referred to."),
    );
    return;
  }
  const detail = plan.removed.map(({ what, count, bytes }) => `${count} × ${what}: ${megabytes(bytes)}`).join("\n");
  const free = vscode.l10n.t("Free");
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t("Free {0}?", megabytes(plan.bytes_freed)),
    { modal: true, detail },
    free,
  );
  if (answer !== free) return;
  const done = await client.collectGarbage({ body: { dry_run: false } });
  void vscode.window.showInformationMessage(vscode.l10n.t("{0} freed.", megabytes(done.bytes_freed)));
}
