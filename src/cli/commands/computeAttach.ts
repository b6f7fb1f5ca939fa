import { resolve } from "node:path";
import { CodedError } from "#base/errors.ts";
import { toAzureCompute } from "../azure/asset.ts";
import type { Context } from "../context.ts";
import { command } from "../parse/command.ts";
import { dryRun, flag, number, text, words } from "../parse/options.ts";
import { UsageError } from "../parse/usageError.ts";
import { ask, askText, canAsk } from "../terminal/ask.ts";
import { askSecret } from "../terminal/askSecret.ts";
import { thingName } from "./things.ts";

export const attach = command({
  summary: "Attach a machine that SSH reaches as a target.",
  details:
    "Names, users, keys and hosts in between come from ~/.ssh/config; what is given here goes before it. A host that is met for the first time is asked about.",
  options: {
    file: text(["--file", "-f"], "A compute's YAML file of type virtualmachine."),
    name: text(["--name", "-n"], "Name of the target."),
    description: text(["--description", "-d"], "A description."),
    type: text(["--type", "-t"], "Kind of target.", { choices: ["ssh", "virtualmachine"] }),
    host: text("--host", "Name of ~/.ssh/config, host name or address; the target's name when left out."),
    user: text(["--user", "--admin-username"], "User to log in as."),
    port: number(["--port", "--ssh-port"], "Port of SSH."),
    identityFile: text(["--identity-file", "-i"], "Private key file."),
    acceptHostKey: flag("--accept-host-key", "Take an unknown host key as known, whatever it is."),
    hostKeyFingerprint: text(
      "--host-key-fingerprint",
      "Take an unknown host key as known when this is its fingerprint.",
    ),
    set: words("--set", "Values to set in the document: `path.to.key=value`."),
    dryRun,
  },
  run: async (context, values) => {
    if (values.file === undefined && values.name === undefined) {
      throw new UsageError("the following arguments are required: --file/-f or --name/-n");
    }
    const given = values.hostKeyFingerprint === undefined ? [] : [values.hostKeyFingerprint];
    const request = {
      ...(values.file === undefined ? {} : { source: { file: resolve(values.file), overrides: values.set } }),
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(values.description === undefined ? {} : { description: values.description }),
      ...(values.host === undefined ? {} : { host: values.host }),
      ...(values.user === undefined ? {} : { user: values.user }),
      ...(values.port === undefined ? {} : { port: values.port }),
      ...(values.identityFile === undefined ? {} : { identity_file: resolve(values.identityFile) }),
      accept_host_keys: given.map((text) => text.replace(/^sha256:/i, "SHA256:").replace(/=+$/, "")),
      answers: {} as Record<string, string>,
    };
    const client = await context.client();
    const workspace = await context.workspace();
    for (;;) {
      try {
        return { value: toAzureCompute(await client.attachCompute({ params: { workspace }, body: request })) };
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        const fingerprint = await agreedKey(context, thrown, values.acceptHostKey);
        if (fingerprint !== undefined) request.accept_host_keys.push(fingerprint);
        else request.answers[String(thrown.details["id"])] = await answerOf(thrown);
      }
    }
  },
});

/** The key that somebody agrees to; undefined when the error is about something else. Throws it when nobody agrees. */
async function agreedKey(context: Context, error: CodedError, anyKey: boolean): Promise<string | undefined> {
  if (error.code !== "host-key-unknown") return undefined;
  const { fingerprint } = error.details as { fingerprint: string };
  if (anyKey) {
    context.notice(`${error.message} It is taken as known.`);
    return fingerprint;
  }
  if (!canAsk()) throw error;
  if (!(await ask(`${error.message}\nConnect to it, and take the key as known?`))) throw error;
  return fingerprint;
}

async function answerOf(error: CodedError): Promise<string> {
  if (error.code !== "secret-needed" || !canAsk()) throw error;
  const { prompt, echo, host } = error.details as { prompt: string; echo: boolean; host: string };
  const question = `${host}: ${prompt.replace(/:\s*$/, "")}`;
  return echo ? askText(question) : askSecret(question);
}

export const probe = command({
  summary: "Look at a target now: processor, memory, disk, GPUs, Python, container engine, scheduler.",
  options: { name: thingName },
  run: async (context, { name }) => {
    const client = await context.client();
    const params = { workspace: await context.workspace(), name };
    const { facts, fault } = await client.showCompute({ params, query: { probe: true } });
    if (facts === null) {
      throw new CodedError({ code: "target-unreachable", status: 503, message: fault ?? `${name} says nothing.` });
    }
    return {
      value: {
        name,
        hostname: facts.hostname,
        os: facts.os,
        arch: facts.arch,
        cpu: { cores: facts.cores },
        memory: { bytes: facts.memory_bytes },
        disk: { free_bytes: facts.disk_free_bytes },
        gpus: facts.gpus,
        python: facts.python,
        container: facts.container_engine ?? null,
        scheduler: facts.scheduler ?? null,
      },
    };
  },
});

export const detach = command({
  summary: "Forget an attached machine that runs nothing.",
  options: {
    name: thingName,
    remove: flag("--remove", "Also remove everything that Slipway has put there."),
    yes: flag(["--yes", "-y"], "Accepted for scripts written for az; nothing is asked."),
    noWait: flag("--no-wait", "Accepted for scripts written for az."),
  },
  run: async (context, { name, remove }) => {
    const client = await context.client();
    const params = { workspace: await context.workspace(), name };
    return { value: await client.detachCompute({ params, query: { remove } }) };
  },
});
