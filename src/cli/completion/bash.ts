import { quoted } from "../terminal/quoted.ts";
import type { OptionWords, Words } from "./words.ts";

/** The arms of a `case "$prev"`: what stands after an option. An arm without a reply leaves files to the shell. */
function arms(options: readonly OptionWords[], indent: string): string {
  return options
    .filter(({ values }) => values.kind !== "none")
    .map(({ flags, values }) => {
      const pattern = flags.join("|");
      if (values.kind === "choices")
        return `${indent}${pattern}) _slipway_reply ${quoted(values.choices.join(" "))} ;;\n`;
      if (values.kind === "names") return `${indent}${pattern}) _slipway_names ${values.noun} ;;\n`;
      return `${indent}${pattern}) ;;\n`;
    })
    .join("");
}

const flagsOf = (options: readonly OptionWords[]): string => options.flatMap(({ flags }) => flags).join(" ");

/** The completion of bash (3.2 or newer), as one function and its registration. */
export function bashScript({ branches, leaves, global }: Words, commands: readonly string[]): string {
  const branchArms = branches
    .map(({ at, next }) => `    ${quoted(at)}) _slipway_reply ${quoted(next.map(({ word }) => word).join(" "))} ;;\n`)
    .join("");
  const leafArms = leaves
    .map(({ at, options, files }) => {
      const own = arms(options, "        ");
      return `    ${quoted(at)}|${quoted(`${at} `)}*)
      case "$prev" in
${own}        *) _slipway_options ${quoted(flagsOf(options))} ${files ? "files" : "none"} ;;
      esac ;;
`;
    })
    .join("");
  return `# Completion of slipway for bash. Use it as: source <(slipway completion bash)
_slipway_reply() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_slipway_names() {
  _slipway_reply "$(slipway completion names "$1" 2>/dev/null)"
}
_slipway_options() {
  case "$prev" in
${arms(global, "    ")}    *) if [[ $2 == none || $cur == -* ]]; then _slipway_reply "$1 ${flagsOf(global)}"; fi ;;
  esac
}
_slipway() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" at='' i
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=''
  elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -* ]] && break
    at="\${at:+$at }\${COMP_WORDS[i]}"
  done
  [[ \${COMP_WORDS[0]##*/} == az ]] && at="az\${at:+ $at}"
  at="\${at#az ml}" at="\${at#ml}" at="\${at# }"
  case "$at" in
${branchArms}${leafArms}  esac
}
complete -o default -F _slipway ${commands.join(" ")}
`;
}
