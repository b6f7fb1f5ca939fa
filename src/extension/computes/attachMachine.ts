import * as vscode from "vscode";
import { CodedError } from "#base/errors.ts";
import type { SlipwayClient } from "#client/client.ts";
import type { Compute } from "#contract/entities/asset.ts";
import type { Session } from "../session.ts";

/** Asks for a host and a name and attaches the machine; what only a person can agree to or answer is asked on the way. */
export async function attachMachine(session: Session): Promise<Compute> {
  const client = await session.client();
  const host = await chooseHost(client);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Name of the target for {0}", host),
    prompt: vscode.l10n.t("A job names it as its compute."),
    value: host.replace(/[^A-Za-z0-9_.-]/g, "-").replace(/^[^A-Za-z0-9]+/, ""),
    validateInput: (text) =>
      /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text) ? undefined : vscode.l10n.t("Letters, digits, '-', '_' and '.'"),
  });
  if (!name) throw new vscode.CancellationError();
  const [, user, plain] = /^(?:([^@]+)@)?(.*)$/.exec(host) ?? [];
  const request = {
    ...{ name, host: plain ?? host },
    ...(user === undefined ? {} : { user }),
    accept_host_keys: [] as string[],
    answers: {} as Record<string, string>,
  };
  const params = { workspace: session.workspace };
  for (;;) {
    try {
      return await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Looking at {0}", host) },
        () => client.attachCompute({ params, body: request }),
      );
    } catch (thrown) {
      if (thrown instanceof CodedError && thrown.code === "host-key-unknown") {
        request.accept_host_keys.push(await agreedKey(thrown));
      } else if (thrown instanceof CodedError && thrown.code === "secret-needed") {
        request.answers[String(thrown.details["id"])] = await answerTo(thrown);
      } else throw thrown;
    }
  }
}

/** A name of `~/.ssh/config`, or what is typed. */
async function chooseHost(client: SlipwayClient): Promise<string> {
  const hosts = await client.listSshHosts();
  const other = { label: vscode.l10n.t("Another host…"), other: true };
  const items = [...hosts.map((label) => ({ label, other: false })), other];
  const placeHolder = vscode.l10n.t("Hosts of ~/.ssh/config");
  const title = vscode.l10n.t("Attach a machine that SSH reaches");
  const picked = hosts.length === 0 ? other : await vscode.window.showQuickPick(items, { title, placeHolder });
  if (!picked) throw new vscode.CancellationError();
  if (!picked.other) return picked.label;
  const typed = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t("host or user@host") });
  if (!typed) throw new vscode.CancellationError();
  return typed.trim();
}

async function agreedKey(error: CodedError): Promise<string> {
  const trust = vscode.l10n.t("Connect");
  const detail = vscode.l10n.t("Compare it with what `ssh-keygen -lf` prints on the host. It is added to known_hosts.");
  const answer = await vscode.window.showWarningMessage(error.message, { modal: true, detail }, trust);
  if (answer !== trust) throw new vscode.CancellationError();
  return String(error.details["fingerprint"]);
}

async function answerTo(error: CodedError): Promise<string> {
  const { prompt, host, echo } = error.details;
  const answer = await vscode.window.showInputBox({
    title: String(host),
    prompt: String(prompt),
    password: echo !== true,
    ignoreFocusOut: true,
  });
  if (answer === undefined) throw new vscode.CancellationError();
  return answer;
}

/** Forgets a machine, and what Slipway has put there if the user wants that too. */
export async function detachMachine(session: Session, { name }: Compute): Promise<void> {
  const forget = vscode.l10n.t("Detach");
  const remove = vscode.l10n.t("Detach and Remove");
  const detail = vscode.l10n.t("Removing deletes Slipway's folder in the home folder there, with its environments.");
  const question = vscode.l10n.t("Detach {0}?", name);
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, forget, remove);
  if (answer === undefined) throw new vscode.CancellationError();
  const client = await session.client();
  const params = { workspace: session.workspace, name };
  await client.detachCompute({ params, query: { remove: answer === remove } });
}
