import { CodedError } from "#base/errors.ts";
import type { ExecOptions } from "../transport.ts";

/** Bytes that every login shell (sh, bash, zsh, fish, csh) leaves alone between single quotes. */
const plain = /[A-Za-z0-9/._=:,+@-]/;

/**
 * A command for the user's login shell that starts `argv` through sh, whatever shell that is: nothing of what it is given
 * needs quoting of any shell. Before the program starts, one line on stdout begins with `mark` and says `ok` with the
 * process' id and start time, or `cwd` or `program` for what is missing.
 */
export function remoteCommand(argv: readonly [string, ...string[]], options: ExecOptions, mark: string): string {
  return `exec sh -c 'eval "$(printf %b "$0")"' '${encoded(script(argv, options, mark))}'`;
}

function script(argv: readonly [string, ...string[]], { cwd, env = {} }: ExecOptions, mark: string): string {
  const lines = [
    // The start time tells this process from a later one of the same number.
    "s=$(cat /proc/$$/stat 2>/dev/null)",
    "set -- ${s##*) }",
    `t=\${20-}`,
    "unset s",
    ...(cwd === undefined ? [] : [`cd ${quoted(inFolder(cwd))} 2>/dev/null || { echo ${mark} cwd; exit 0; }`]),
    ...Object.entries(env).map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw invalid(`${name} is no name of a variable`);
      return value === undefined ? `unset ${name}` : `export ${name}=${quoted(value)}`;
    }),
    `command -v ${quoted(argv[0])} >/dev/null 2>&1 || { echo ${mark} program; exit 0; }`,
    `echo ${mark} ok $$ $t`,
    `exec ${argv.map(quoted).join(" ")}`,
  ];
  return lines.join("\n");
}

/** Sends a signal to the group of a process that {@link remoteCommand} has started, if it is still that process. */
export function killCommand(started: { pid: number; start: string }, signal: string): [string, ...string[]] {
  const words = [
    's=$(cat "/proc/$1/stat" 2>/dev/null)',
    "p=$1 want=$2 signal=$3",
    "set -- ${s##*) }",
    'if [ -z "$want" ] || [ "${20-}" = "$want" ]; then kill -s "$signal" -- "-$p"; fi',
  ];
  return ["sh", "-c", words.join("\n"), "sh", String(started.pid), started.start, signal.replace(/^SIG/, "")];
}

/** A relative folder that begins with a dash is no option. */
function inFolder(path: string): string {
  return path.startsWith("/") ? path : `./${path}`;
}

function quoted(word: string): string {
  if (word.includes("\0")) throw invalid("a word holds a NUL");
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function encoded(text: string): string {
  let out = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const letter = String.fromCharCode(byte);
    out += plain.test(letter) ? letter : `\\0${byte.toString(8).padStart(3, "0")}`;
  }
  return out;
}

function invalid(words: string): CodedError {
  return new CodedError({
    code: "invalid-request",
    status: 400,
    message: `This cannot be started on a host: ${words}.`,
  });
}
