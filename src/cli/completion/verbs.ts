import { command, type Command, type Verbs } from "../parse/command.ts";
import { flag } from "../parse/options.ts";
import { UsageError } from "../parse/usageError.ts";
import type { Entries } from "../parse/entries.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { namedNouns, namesOf } from "./names.ts";
import { powershellScript } from "./powershell.ts";
import { wordsOf, type Words } from "./words.ts";
import { zshScript } from "./zsh.ts";

function shell(
  program: Entries,
  name: string,
  use: string,
  script: (words: Words, commands: readonly string[]) => string,
): Command {
  return command({
    summary: `Print the completion of ${name}.`,
    details: `Use it as \`${use}\`.`,
    options: { az: flag("--az", "Complete `az` too, where it is Slipway's (`slipway env --az`).") },
    run: async (_context, { az }) => {
      process.stdout.write(script(await wordsOf(program), az ? ["slipway", "az"] : ["slipway"]));
      return undefined;
    },
  });
}

export const completionVerbs = (program: Entries): Verbs => ({
  bash: shell(program, "bash", "source <(slipway completion bash)", bashScript),
  zsh: shell(program, "zsh", "source <(slipway completion zsh)", zshScript),
  fish: shell(program, "fish", "slipway completion fish | source", fishScript),
  powershell: shell(
    program,
    "PowerShell",
    "slipway completion powershell | Out-String | Invoke-Expression",
    powershellScript,
  ),
  names: command({
    summary: "Print the names of a noun's things, a line each, for the scripts above.",
    details: "Asks the engine that runs; prints nothing when none does, and starts none.",
    positionals: { name: "NOUN", help: `One of ${namedNouns.join(", ")}.`, min: 1 },
    run: async (context, _values, [wanted = ""]) => {
      const noun = namedNouns.find((known) => known === wanted);
      if (!noun) throw new UsageError(`'${wanted}' is not one of ${namedNouns.join(", ")}`);
      const names = await namesOf(noun, context.globals.workspace ?? process.env["SLIPWAY_WORKSPACE"]);
      process.stdout.write(names.map((name) => `${name}\n`).join(""));
      return undefined;
    },
  }),
});
