import { text } from "node:stream/consumers";
import { slipwayError } from "#contract/errors.ts";
import { shellFault } from "#spec/index.ts";
import type { Transport } from "#transport/transport.ts";

/** Looks for an interpreter in the usual places, newest names first after the plain one, and says what each is. */
const findPython = [
  'for p in python3 /usr/bin/python3 /usr/local/bin/python3 "$HOME/.local/bin/python3" /opt/conda/bin/python3',
  '"$HOME/miniconda3/bin/python3" "$HOME/anaconda3/bin/python3" python3.13 python3.12 python3.11 python3.10 python3.9 python3.8; do',
  '"$p" -I -S -c "import sys; print(1 if sys.version_info >= (3, 8) else 0, sys.version.split()[0], sys.executable)" 2>/dev/null;',
  "done; true",
].join(" ");

/** What has to be so before anything of ours runs on a machine. */
export interface Ground {
  /** Absolute path of the interpreter there. */
  python: string;
  /** Slipway's folder there; made, empty or as an attach before left it. */
  root: string;
  /** The folder was not there before. */
  isNew: boolean;
}

/**
 * Finds a Python on a machine and makes Slipway's folder in the user's home. Throws what the transport throws,
 * `tool-not-found` without a Python ≥ 3.8, and `target-fault` for a home that cannot be used.
 */
export async function prepareGround(transport: Transport, host: string, engine: string): Promise<Ground> {
  const { home } = await transport.probe();
  const root = `${home}/.slipway-target/${engine}`;
  const fault = home.startsWith("/") ? shellFault(root) : "it is no absolute path";
  if (fault !== undefined) {
    throw slipwayError("target-fault", `The home folder ${JSON.stringify(home)} on ${host} cannot be used: ${fault}.`, {
      next: "Attach with another user (`--user`).",
    });
  }
  const python = await pythonOf(transport, host);
  const made = await answer(transport, ["sh", "-c", makeFolder, "sh", root]);
  const status = made.out.trim();
  if (status !== "new" && status !== "there") {
    const words = made.err.trim().slice(-500) || "it says nothing more";
    throw slipwayError("target-fault", `${root} cannot be written on ${host}: ${words}`, {
      next: "Slipway keeps its files in the home folder there: make it writable and leave some space, or attach with another user.",
    });
  }
  return { python, root, isNew: status === "new" };
}

/** Makes a private folder and tries that files can be written and programs started from it. */
const makeFolder = [
  "umask 077",
  'if [ -d "$1" ]; then s=there; else s=new; fi',
  'mkdir -p "$1" && printf "#!/bin/sh\\nexit 0\\n" > "$1/.try" && chmod 700 "$1/.try"',
  '"$1/.try" || { rm -f "$1/.try"; echo "programs cannot be started from there (mounted noexec)" >&2; exit 1; }',
  'rm -f "$1/.try" && echo "$s"',
].join(" || exit 1\n");

async function pythonOf(transport: Transport, host: string): Promise<string> {
  const { out } = await answer(transport, ["sh", "-c", findPython]);
  const found = out.split("\n").flatMap((line) => {
    const [isNew, version, ...path] = line.split(" ");
    return version === undefined ? [] : [{ isNew: isNew === "1", version, path: path.join(" ") }];
  });
  const usable = found.find(({ isNew }) => isNew);
  if (usable !== undefined) return usable.path;
  const [old] = found;
  throw slipwayError(
    "tool-not-found",
    old === undefined ? `${host} has no Python.` : `${host} has Python ${old.version} (${old.path}), which is too old.`,
    { next: "Install Python 3.8 or newer there; `python3` on the PATH of a command over ssh is enough." },
  );
}

/** Removes Slipway's folder, and the one around it when nothing else is in it. */
export async function removeGround(transport: Transport, root: string): Promise<void> {
  const script = 'chmod -R u+rwX "$1" 2>/dev/null; rm -rf "$1" || exit 1; rmdir "${1%/*}" 2>/dev/null; true';
  const { err, code } = await answer(transport, ["sh", "-c", script, "sh", root]);
  if (code === 0) return;
  throw slipwayError("target-fault", `${root} could not be removed: ${err.trim().slice(-500)}`);
}

async function answer(transport: Transport, argv: readonly [string, ...string[]]) {
  const process = await transport.exec(argv);
  process.stdin.end();
  const [out, err, { code }] = await Promise.all([text(process.stdout), text(process.stderr), process.exit]);
  return { out, err, code };
}
