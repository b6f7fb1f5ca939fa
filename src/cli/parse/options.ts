/** How an option takes its values. `words` takes as many as follow it, and may be given again (`--set a=b c=d`). */
type OptionKind = "text" | "number" | "flag" | "words";

/** One option of a command. `T` is the type that its value has once it is parsed. */
export interface Option<T = unknown> {
  kind: OptionKind;
  /** All its names, the long one that the help shows first: `--file`, `-f`. */
  flags: readonly [string, ...string[]];
  help: string;
  required: boolean;
  choices: readonly string[] | undefined;
  /** What stands for the value in the help. */
  placeholder: string;
  /** Carries the type only; never there. */
  readonly type?: T;
}

export type OptionTable = Readonly<Record<string, Option>>;
export type Values<O extends OptionTable> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never };

type Flags = string | readonly [string, ...string[]];

interface TextSettings {
  choices?: readonly string[];
  placeholder?: string;
}

function option<T>(kind: OptionKind, flags: Flags, help: string, settings: TextSettings & { required?: boolean } = {}) {
  const all = typeof flags === "string" ? ([flags] as const) : flags;
  return {
    kind,
    flags: all,
    help,
    required: settings.required ?? false,
    choices: settings.choices,
    placeholder: settings.placeholder ?? all[0].replace(/^--/, "").replaceAll("-", "_").toUpperCase(),
  } satisfies Option as Option<T>;
}

/** An option with one value. */
export const text = (flags: Flags, help: string, settings?: TextSettings): Option<string | undefined> =>
  option("text", flags, help, settings);

/** An option with one value that must be given. */
export const requiredText = (flags: Flags, help: string, settings?: TextSettings): Option<string> =>
  option("text", flags, help, { ...settings, required: true });

/** An option with a value that is a number. */
export const number = (flags: Flags, help: string, settings?: TextSettings): Option<number | undefined> =>
  option("number", flags, help, settings);

/** An option without a value. */
export const flag = (flags: Flags, help: string): Option<boolean> => option("flag", flags, help);

/** `--dry-run` of a verb that changes something: a request is printed in the place of being sent. */
export const dryRun = flag("--dry-run", "Print the normalised request and send nothing.");

/** An option with any number of values, collected over repetitions. */
export const words = (flags: Flags, help: string, settings?: TextSettings): Option<string[]> =>
  option("words", flags, help, settings);
