import { resolve } from "node:path";
import { slipwayHome } from "#base/home.ts";
import { findBundle } from "#client/engine/bundle.ts";
import { writeDiagnostics } from "#client/diagnostics/diagnostics.ts";
import { size } from "#client/progressText.ts";
import { command } from "../parse/command.ts";
import { text } from "../parse/options.ts";

export const diagnostics = command({
  summary: "Write one file with what helps to find a fault, without secrets.",
  details:
    "Status, versions, settings, targets, a check of the store, the end of the engine's log and, with -n, a job's record. Tokens, passwords, values of secret-like variables, and the names of user, home folder and machine are taken out. Nothing is sent anywhere.",
  options: {
    name: text(["--name", "-n"], "A job whose record is to be in it."),
    path: text(["--path", "-p"], "The file to write; slipway-diagnostics-TIME.tar.gz here when not given."),
  },
  run: async (context, { name, path }) => {
    const stamp = new Date()
      .toISOString()
      .replace(/[^0-9]/g, "")
      .slice(0, 14);
    const { workspace } = context.globals;
    const written = await writeDiagnostics({
      path: resolve(path ?? `slipway-diagnostics-${stamp}.tar.gz`),
      home: slipwayHome(),
      client: () => context.client(),
      program: {
        program: "slipway",
        bundle: findBundle(context.from) ?? "not built",
        arguments: process.argv.slice(2),
      },
      job: name,
      ...(workspace === undefined ? {} : { workspace }),
    });
    context.notice(
      `Wrote ${written.path} (${size(written.bytes)}): ${written.files.map((file) => file.name).join(", ")}.`,
    );
    context.notice("Look through it before you give it away.");
    return { value: written };
  },
});
