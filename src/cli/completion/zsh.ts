import { quoted } from "../terminal/quoted.ts";
import type { OptionWords, Words } from "./words.ts";

const item = (word: string, help: string): string => quoted(`${word.replaceAll(":", "\\:")}:${help}`);

function arms(options: readonly OptionWords[], indent: string): string {
  return options
    .filter(({ values }) => values.kind !== "none")
    .map(({ flags, values }) => {
      const pattern = flags.join("|");
      if (values.kind === "choices") return `${indent}${pattern}) compadd -- ${values.choices.join(" ")} ;;\n`;
      if (values.kind === "names") return `${indent}${pattern}) _slipway_names ${values.noun} ;;\n`;
      return `${indent}${pattern}) ${values.kind === "files" ? "_files" : "_message value"} ;;\n`;
    })
    .join("");
}

const items = (options: readonly OptionWords[]): string =>
  options.flatMap(({ flags, help }) => flags.map((flag) => item(flag, help))).join(" ");

/** The completion of zsh: works as a file `_slipway` on the fpath, and sourced. */
export function zshScript({ branches, leaves, global }: Words, commands: readonly string[]): string {
  const branchArms = branches
    .map(({ at, next }) => {
      const list = next.map(({ word, help }) => item(word, help)).join(" ");
      return `    ${quoted(at)}) list=(${list}); _describe command list ;;\n`;
    })
    .join("");
  const leafArms = leaves
    .map(({ at, options, files }) => {
      const own = arms(options, "        ");
      return `    ${quoted(at)}|${quoted(`${at} `)}*)
      list=(${items(options)})
      case $prev in
${own}        *) _slipway_options ${files ? "files" : "none"} ;;
      esac ;;
`;
    })
    .join("");
  return `#compdef ${commands.join(" ")}
# Completion of slipway for zsh. Use it as: source <(slipway completion zsh)
_slipway_names() {
  compadd -- \${(f)"$(slipway completion names $1 2>/dev/null)"}
}
_slipway_options() {
  case $prev in
${arms(global, "    ")}    *)
      if [[ $1 == files && \${words[CURRENT]} != -* ]]; then _files; return; fi
      list+=(${items(global)})
      _describe -o option list ;;
  esac
}
_slipway() {
  local at='' prev="\${words[CURRENT-1]}" i
  local -a list
  if [[ \${words[CURRENT]} == --*=* ]]; then
    prev="\${words[CURRENT]%%=*}"
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; i++)); do
    [[ \${words[i]} == -* ]] && break
    at="\${at:+$at }\${words[i]}"
  done
  [[ \${words[1]:t} == az ]] && at="az\${at:+ $at}"
  at="\${at#az ml}"; at="\${at#ml}"; at="\${at# }"
  case "$at" in
${branchArms}${leafArms}  esac
}
if [[ \${funcstack[1]} == _slipway ]]; then _slipway "$@"; else compdef _slipway ${commands.join(" ")}; fi
`;
}
