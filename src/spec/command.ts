import { render, type Rendered } from "./expressions/render.ts";

/**
 * A value that goes into a command's text, and who it comes from. `author`: whoever wrote the YAML (or its `--set`).
 * `engine`: a path that the engine made. `foreign`: anyone else — an endpoint's caller, a schedule, an asset's or file's name.
 */
export interface CommandValue {
  text: string;
  origin: "author" | "engine" | "foreign";
}

export interface CommandScope {
  inputs: Readonly<Record<string, CommandValue | undefined>>;
  outputs: Readonly<Record<string, CommandValue | undefined>>;
  searchSpace?: Readonly<Record<string, CommandValue | undefined>>;
  /** The job's name. */
  name?: string;
  defaultDatastore?: string;
}

export interface RenderedCommand extends Rendered {
  /** Values that were refused, with the reason. When there are any, the text must not be run. */
  refusals: { value: string; reason: string }[];
}

/**
 * The text for `bash -c`, as Azure makes it: values are pasted without quoting, missing optional blocks vanish. Values
 * from someone else are refused when bash would read anything but plain text in them.
 */
export function renderCommand(command: string, scope: CommandScope): RenderedCommand {
  const refusals: RenderedCommand["refusals"] = [];
  const texts = (values: CommandScope["inputs"] | undefined, area: string): Record<string, string> => {
    const rendered: Record<string, string> = {};
    for (const [name, value] of Object.entries(values ?? {})) {
      if (value === undefined) continue;
      const reason = value.origin === "foreign" ? shellFault(value.text) : undefined;
      if (reason !== undefined) refusals.push({ value: `${area}.${name}`, reason });
      rendered[name] = value.text;
    }
    return rendered;
  };
  const inputs = texts(scope.inputs, "inputs");
  const outputs = texts(scope.outputs, "outputs");
  const searchSpace = texts(scope.searchSpace, "search_space");
  if (refusals.length > 0) return { text: "", problems: [], refusals };
  const rendered = render(command, {
    inputs,
    outputs,
    searchSpace,
    ...(scope.name === undefined ? {} : { name: scope.name }),
    ...(scope.defaultDatastore === undefined ? {} : { defaultDatastore: scope.defaultDatastore }),
  });
  return { ...rendered, refusals };
}

const longestForeignValue = 4096;

/** Why a value from someone else may not be pasted into a bash command; nothing when it may. */
export function shellFault(text: string): string | undefined {
  if (text === "") return "it is empty, and the word would vanish";
  if (text.length > longestForeignValue) return `it is longer than ${longestForeignValue} characters`;
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined;
  if (text.startsWith("-")) return "it begins with '-' and would be read as an option";
  const found = /[^\p{L}\p{N}_./:@%+=,-]/u.exec(text);
  if (!found) return undefined;
  const character = found[0];
  const shown = /[\p{C}\p{Z}]/u.test(character)
    ? `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`
    : `'${character}'`;
  return `it holds ${shown}, which bash does not read as plain text`;
}
