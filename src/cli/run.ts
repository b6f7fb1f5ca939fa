import { didYouMean } from "#spec/problems/nearest.ts";
import { Context, type AzDoor } from "./context.ts";
import { describeFailure } from "./failure.ts";
import type { Outcome } from "./output/outcome.ts";
import type { Command, Verbs } from "./parse/command.ts";
import type { Entries, Entry } from "./parse/entries.ts";
import { globalOptions, toGlobals } from "./parse/globals.ts";
import { dryRun, type Values } from "./parse/options.ts";
import { parseArguments } from "./parse/parse.ts";
import { UsageError } from "./parse/usageError.ts";
import { program } from "./program.ts";
import { forStream } from "#client/terminalText.ts";

const about = "Slipway: Azure Machine Learning's way of working on your own machines.";

/** One command line on its way to its command. */
interface Call {
  /** The words that were understood so far, as the person would type them again. */
  place: string;
  /** A file of this program. */
  from: string;
  /** True below `slipway az`. */
  az: boolean;
}

/** Runs one command line and returns its exit code. `from` is a file of this program. */
export async function runCommandLine(argv: readonly string[], from: string): Promise<number> {
  // Scripts written for `az ml job …` work when `az` is an alias.
  const words = argv[0] === "ml" ? argv.slice(1) : [...argv];
  const call: Call = { place: "slipway", from, az: false };
  try {
    return await dispatch(program, words, call);
  } catch (thrown) {
    const { lines, exitCode } = describeFailure(thrown, { place: call.place, debug: argv.includes("--debug") });
    process.stderr.write(forStream(process.stderr, lines.map((line) => `${line}\n`).join("")));
    return exitCode;
  }
}

async function dispatch(entries: Entries, words: string[], call: Call): Promise<number> {
  const first = words[0];
  if (first === undefined || isHelp(first)) return showHelp(entries, words.slice(1), call);
  if (isVersion(first, call)) return showVersion(call.from);
  if (call.place === "az" && first === "ml") return dispatchAs("az ml", program, words, call);
  if (call.place === "az" && !(await isAnswered(entries, words))) return answerElsewhere(words);
  if (entries === program && !Object.hasOwn(entries, first)) {
    (await import("./az/laterNouns.ts")).refuseLaterNoun(call.place, words);
  }
  const entry = entryOf(entries, first, call);
  if ("entries" in entry) {
    call.az = true;
    return dispatchAs("az", await entry.entries(), words, call);
  }
  call.place += ` ${first}`;
  if ("command" in entry) return runCommand(await entry.command(), words.slice(1), call);
  const verbs = await entry.verbs();
  const verb = words[1];
  if (verb === undefined || isHelp(verb)) return showVerbs(entry.summary, verbs, call);
  const command = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!command) {
    const known = Object.keys(verbs);
    const near = didYouMean(verb, known) || ` Verbs: ${known.join(", ")}.`;
    throw new UsageError(`'${verb}' is not a verb of '${call.place}'.${near}`);
  }
  call.place += ` ${verb}`;
  return runCommand(command, words.slice(2), call);
}

function dispatchAs(place: string, entries: Entries, words: string[], call: Call): Promise<number> {
  call.place = place;
  return dispatch(entries, words.slice(1), call);
}

/** False for a command of az that nothing here does. */
async function isAnswered(entries: Entries, [first = "", verb]: string[]): Promise<boolean> {
  const entry = Object.hasOwn(entries, first) ? entries[first] : undefined;
  if (!entry || !("verbs" in entry)) return entry !== undefined;
  return verb === undefined || isHelp(verb) || Object.hasOwn(await entry.verbs(), verb);
}

async function answerElsewhere(words: string[]): Promise<number> {
  const line = (await import("./az/elsewhere.ts")).answerElsewhere(words);
  if (!words.includes("--only-show-errors")) process.stderr.write(forStream(process.stderr, `${line}\n`));
  return 0;
}

function entryOf(entries: Entries, name: string, { place, az }: Call): Entry {
  const known = Object.keys(entries).filter((key) => !(az && key === "az"));
  const entry = known.includes(name) ? entries[name] : undefined;
  if (entry) return entry;
  throw new UsageError(`'${name}' is not a command of '${place}'.${didYouMean(name, known)}`);
}

async function runCommand(command: Command, words: string[], call: Call): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    const { commandHelp } = await import("./help.ts");
    await print(commandHelp(call.place, command));
    return 0;
  }
  const { values, positionals } = parseArguments(words, { ...command.options, ...globalOptions });
  const wanted = command.positionals;
  if (!wanted && positionals.length > 0) throw new UsageError(`unrecognized arguments: ${positionals.join(" ")}`);
  if (wanted && positionals.length < wanted.min) {
    throw new UsageError(`the following arguments are required: ${wanted.name}`);
  }
  const globals = toGlobals(values as Values<typeof globalOptions>);
  const isDry = command.options["dryRun"] === dryRun && values["dryRun"] === true;
  const az = call.az ? await azDoor(call) : undefined;
  const context = new Context({ globals, from: call.from, az, dryRun: isDry });
  try {
    const running = command.run(context, values, positionals);
    const outcome = await (isDry ? planned(running) : running);
    if (!outcome) return 0;
    const { render } = await import("./output/render.ts");
    await print(await render(outcome, { format: globals.output, query: globals.query }));
    return outcome.exitCode ?? 0;
  } finally {
    await context.dispose();
  }
}

/** The request that a command would have sent. One that sends nothing ends as it does. */
async function planned(running: Promise<Outcome | undefined>): Promise<Outcome | undefined> {
  const { PlannedRequest, shownRequest } = await import("./dryRun/plannedRequest.ts");
  try {
    return await running;
  } catch (thrown) {
    if (thrown instanceof PlannedRequest) return { value: shownRequest(thrown) };
    throw thrown;
  }
}

async function azDoor(call: Call): Promise<AzDoor> {
  const { defaultOf, readSettings } = await import("./az/settings.ts");
  const settings = readSettings();
  return {
    workspace: defaultOf(settings, "workspace"),
    resourceGroup: defaultOf(settings, "group"),
    location: defaultOf(settings, "location"),
    makesWorkspace: call.place.endsWith(" create"),
  };
}

async function showHelp(entries: Entries, [name, verb]: string[], call: Call): Promise<number> {
  const { commandHelp, programHelp } = await import("./help.ts");
  if (name === undefined) {
    const az = { ml: { summary: "All that `slipway` does.", entries: () => Promise.resolve(program) }, ...entries };
    await print(programHelp(call.place, about, call.place === "az" ? az : entries));
    return 0;
  }
  const entry = entryOf(entries, name, call);
  if ("entries" in entry) return dispatch(entries, [name], call);
  const place = `${call.place} ${name}`;
  if ("command" in entry) {
    await print(commandHelp(place, await entry.command()));
    return 0;
  }
  const verbs = await entry.verbs();
  const command = verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!command) return showVerbs(entry.summary, verbs, { ...call, place });
  await print(commandHelp(`${place} ${verb}`, command));
  return 0;
}

async function showVerbs(summary: string, verbs: Verbs, call: Call): Promise<number> {
  const { nounHelp } = await import("./help.ts");
  await print(nounHelp(call.place, summary, verbs));
  return 0;
}

async function showVersion(from: string): Promise<number> {
  const { findBundle } = await import("#client/engine/bundle.ts");
  const bundle = findBundle(from);
  await print(bundle ? `slipway ${bundle.version} (build ${bundle.build})\n` : "slipway, not built\n");
  return 0;
}

/** `az version` is a command of its own. */
function isVersion(word: string, { az }: Call): boolean {
  return word === "--version" || word === "-v" || (word === "version" && !az);
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h" || word === "help";
}

/** Writes to standard output and waits until it is taken. A reader that has gone away (`| head`) is no error. */
function print(text: string): Promise<void> {
  if (text === "") return Promise.resolve();
  return new Promise((resolve) => process.stdout.write(forStream(process.stdout, text), () => resolve()));
}
