import * as vscode from "vscode";
import type { Compute } from "#contract/entities/asset.ts";
import type { Session } from "../session.ts";
import { attachMachine, detachMachine } from "./attachMachine.ts";
import type { CommandHandlers } from "../vscode/commands.ts";

/** Looks at targets again, and chooses the one that jobs with unknown computes go to. */
export function computeCommands(options: {
  session: Session;
  refresh: () => void;
}): Pick<CommandHandlers, Extract<keyof CommandHandlers, `slipway.compute.${string}`>> {
  const { session } = options;
  return {
    "slipway.compute.attach": async () => {
      const { name } = await attachMachine(session);
      options.refresh();
      void vscode.window.showInformationMessage(vscode.l10n.t("{0} is attached: jobs name it as their compute.", name));
    },
    "slipway.compute.detach": async (argument) => {
      await detachMachine(session, await pick(argument, session));
      options.refresh();
    },
    "slipway.compute.probe": async (argument) => {
      const { name } = await pick(argument, session);
      const client = await session.client();
      await client.showCompute({ params: { workspace: session.workspace, name }, query: { probe: true } });
      options.refresh();
    },
    "slipway.compute.setDefault": async (argument) => {
      const { name } = await pick(argument, session);
      const client = await session.client();
      await client.updateWorkspace({ params: { workspace: session.workspace }, body: { default_compute: name } });
      options.refresh();
    },
  };
}

async function pick(argument: unknown, session: Session): Promise<Compute> {
  const given = (argument as { compute?: Compute } | undefined)?.compute;
  if (given) return given;
  const client = await session.client();
  const computes = await client.listComputes({ params: { workspace: session.workspace } });
  const picked = await vscode.window.showQuickPick(
    computes.map((compute) => ({ label: compute.name, description: compute.type, compute })),
    { title: vscode.l10n.t("Which target?") },
  );
  if (!picked) throw new vscode.CancellationError();
  return picked.compute;
}
