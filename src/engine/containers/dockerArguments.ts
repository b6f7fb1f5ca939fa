/** Arguments of `docker run` that a job may ask for, by what their value has to look like. */
const size = /^\d+(?:\.\d+)?[bkmg]?$/iu;
const count = /^\d+(?:\.\d+)?$/u;
const allowed: Readonly<Record<string, RegExp>> = {
  "--shm-size": size,
  "--memory": size,
  "--memory-swap": /^(?:-1|\d+(?:\.\d+)?[bkmg]?)$/iu,
  "--memory-reservation": size,
  "--cpus": count,
  "--cpu-shares": count,
  "--cpuset-cpus": /^[\d,-]+$/u,
  "--pids-limit": /^-?\d+$/u,
  "--ulimit": /^[a-z]+=-?\d+(?::-?\d+)?$/u,
  "--ipc": /^(?:host|private|shareable|none)$/u,
  "--env": /^[A-Za-z_]\w*=.*$/su,
  "--hostname": /^[\w.-]+$/u,
  "--add-host": /^[\w.-]+:[\w.:-]+$/u,
  "--tmpfs": /^\/[^:]*(?::[\w=,]+)?$/u,
  "--cap-drop": /^[A-Za-z_]+$/u,
  "--label": /^[\w.-]+(?:=.*)?$/su,
};
const short: Readonly<Record<string, string>> = {
  "-m": "--memory",
  "-e": "--env",
  "-h": "--hostname",
  "-l": "--label",
};
const flags = new Set(["--read-only"]);

/**
 * The options that `resources.docker_args` comes to, or why one of them is refused. Only limits, variables and names pass:
 * nothing that gives a container more of the machine (`--privileged`, `--volume`, `--device`, `--cap-add`…).
 */
export function readDockerArguments(given: string | readonly string[]): { options: string[] } | { refusal: string } {
  const words = typeof given === "string" ? splitWords(given) : [...given];
  const options: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const at = word.startsWith("--") ? word.indexOf("=") : -1;
    const written = at < 0 ? word : word.slice(0, at);
    const name = short[written] ?? written;
    if (flags.has(name) && at < 0) {
      options.push(name);
      continue;
    }
    const pattern = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (pattern === undefined) {
      return { refusal: `resources.docker_args: ${written} is not among those that a job may give a container` };
    }
    const value = at < 0 ? words[++index] : word.slice(at + 1);
    if (value === undefined || !pattern.test(value)) {
      return { refusal: `resources.docker_args: ${name} cannot be ${JSON.stringify(value ?? "")}` };
    }
    options.push(`${name}=${value}`);
  }
  return { options };
}

/** Words as a shell splits them; nothing is expanded. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"']+))+/gu)].map(([word]) => word.replace(/["']/gu, ""));
}
