import type { OptionWords, Words } from "./words.ts";

/** A word in single quotes, in which fish knows two escapes. */
const quotedFish = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

function optionLine(condition: string, { flags, help, values }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
  const after = {
    none: () => "",
    any: () => " -x",
    files: () => " -r -F",
    choices: () => ` -x -a ${quotedFish(values.kind === "choices" ? values.choices.join(" ") : "")}`,
    names: () =>
      ` -x -a ${quotedFish(`(slipway completion names ${values.kind === "names" ? values.noun : ""} 2>/dev/null)`)}`,
  }[values.kind]();
  return `complete -c slipway${condition} ${names}${after} -d ${quotedFish(help)}\n`;
}

/** The completion of fish (3 or newer). */
export function fishScript({ branches, leaves, global }: Words, commands: readonly string[]): string {
  const branchLines = branches.flatMap(({ at, next }) =>
    next.map(
      ({ word, help }) =>
        `complete -c slipway -n ${quotedFish(`__slipway_at ${quotedFish(at)}`)} -a ${word} -d ${quotedFish(help)}\n`,
    ),
  );
  const leafLines = leaves.flatMap(({ at, options, files }) => {
    const condition = ` -n ${quotedFish(`__slipway_in ${quotedFish(at)}`)}`;
    const lines = options.map((option) => optionLine(condition, option));
    return files ? [`complete -c slipway${condition} -F\n`, ...lines] : lines;
  });
  const wraps = commands.filter((name) => name !== "slipway").map((name) => `complete -c ${name} -w slipway\n`);
  return `# Completion of slipway for fish. Use it as: slipway completion fish | source
function __slipway_words
    set -l words (commandline -opc)
    set -l at
    if string match -qr '(^|/)az$' -- $words[1]
        set at az
    end
    for word in $words[2..]
        if string match -q -- '-*' $word
            break
        end
        set -a at $word
    end
    if test "$at[1..2]" = 'az ml'
        set at $at[3..]
    else if test "$at[1]" = ml
        set at $at[2..]
    end
    echo "$at"
end
function __slipway_at
    test (__slipway_words) = "$argv[1]"
end
function __slipway_in
    string match -q -- "$argv[1] *" (__slipway_words)' '
end
complete -c slipway -f
${branchLines.join("")}${leafLines.join("")}${global.map((option) => optionLine("", option)).join("")}${wraps.join("")}`;
}
