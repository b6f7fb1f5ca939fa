import { didYouMean } from "#spec/problems/nearest.ts";
import { Context } from "./context.ts";
import { describeFailure } from "./failure.ts";
import type { Command } from "./parse/command.ts";
import { globalOptions, toGlobals } from "./parse/globals.ts";
import type { Values } from "./parse/options.ts";
import { parseArguments } from "./parse/parse.ts";
import { UsageError } from "./parse/usageError.ts";
import { program, type Entry } from "./program.ts";
import { forStream } from "./terminal/terminalText.ts";

/** Runs one command line and returns its exit code. `from` is a file of this program. */
export async function runCommandLine(argv: readonly string[], from: string): Promise<number> {
  // Scripts written for `az ml job …` work when `az` is an alias.
  const words = argv[0] === "ml" ? argv.slice(1) : [...argv];
  const place = { text: "slipway" };
  try {
    return await dispatch(words, place, from);
  } catch (thrown) {
    const { lines, exitCode } = describeFailure(thrown, { place: place.text, debug: argv.includes("--debug") });
    process.stderr.write(forStream(process.stderr, lines.map((line) => `${line}\n`).join("")));
    return exitCode;
  }
}

async function dispatch(words: string[], place: { text: string }, from: string): Promise<number> {
  const first = words[0];
  if (first === undefined || isHelp(first)) return showHelp(words.slice(1));
  if (first === "--version" || first === "-v" || first === "version") return showVersion(from);
  const entry = entryOf(first);
  place.text = `slipway ${first}`;
  if ("command" in entry) return runCommand(await entry.command(), words.slice(1), place.text, from);
  const verbs = await entry.verbs();
  const verb = words[1];
  if (verb === undefined || isHelp(verb)) return showHelp([first]);
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!command) {
    const known = Object.keys(verbs);
    const near = didYouMean(verb, known) || ` Verbs: ${known.join(", ")}.`;
    throw new UsageError(`'${verb}' is not a verb of 'slipway ${first}'.${near}`);
  }
  place.text = `slipway ${first} ${verb}`;
  return runCommand(command, words.slice(2), place.text, from);
}

function entryOf(name: string): Entry {
  const entry = Object.hasOwn(program, name) ? program[name] : undefined;
  if (entry) return entry;
  throw new UsageError(`'${name}' is not a slipway command.${didYouMean(name, Object.keys(program))}`);
}

async function runCommand(command: Command, words: string[], place: string, from: string): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    const { commandHelp } = await import("./help.ts");
    await print(commandHelp(place, command));
    return 0;
  }
  const { values, positionals } = parseArguments(words, { ...command.options, ...globalOptions });
  const wanted = command.positionals;
  if (!wanted && positionals.length > 0) throw new UsageError(`unrecognized arguments: ${positionals.join(" ")}`);
  if (wanted && positionals.length < wanted.min) {
    throw new UsageError(`the following arguments are required: ${wanted.name}`);
  }
  const globals = toGlobals(values as Values<typeof globalOptions>);
  const context = new Context({ globals, from });
  try {
    const outcome = await command.run(context, values, positionals);
    if (!outcome) return 0;
    const { render } = await import("./output/render.ts");
    await print(await render(outcome, { format: globals.output, query: globals.query }));
    return outcome.exitCode ?? 0;
  } finally {
    await context.dispose();
  }
}

async function showHelp(words: string[]): Promise<number> {
  const { commandHelp, nounHelp, programHelp } = await import("./help.ts");
  const [noun, verb] = words;
  if (noun === undefined) {
    await print(programHelp(program));
    return 0;
  }
  const entry = entryOf(noun);
  if ("command" in entry) {
    await print(commandHelp(`slipway ${noun}`, await entry.command()));
    return 0;
  }
  const verbs = await entry.verbs();
  const command = verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  await print(command ? commandHelp(`slipway ${noun} ${verb}`, command) : nounHelp(noun, entry.summary, verbs));
  return 0;
}

async function showVersion(from: string): Promise<number> {
  const { findBundle } = await import("#client/engine/bundle.ts");
  const bundle = findBundle(from);
  await print(bundle ? `slipway ${bundle.version} (build ${bundle.build})\n` : "slipway, not built\n");
  return 0;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h" || word === "help";
}

/** Writes to standard output and waits until it is taken. A reader that has gone away (`| head`) is no error. */
function print(text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve) => process.stdout.write(forStream(process.stdout, text), () => resolve()));
}
