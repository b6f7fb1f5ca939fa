import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "#base/errors.ts";
import { slipwayError } from "#contract/errors.ts";
import type { RemoteProcess, Transport } from "#transport/transport.ts";

/** The modules of `python/slipway/environments`, each after those that it imports. */
const modules = [
  "failure",
  "process",
  "locks",
  "interpreters",
  "pip_config",
  "uv_tool",
  "resolve",
  "torch_build",
  "store",
  "build",
  "download",
  "debugger",
  "attach",
  "entry",
];

/** Makes modules of the texts on standard input and hands the request over: nothing is installed, nothing secret is an argument. */
const boot = [
  "import json,sys,types",
  "r=json.loads(sys.stdin.buffer.readline())",
  "for n in ('slipway','slipway.environments'):",
  " sys.modules[n]=types.ModuleType(n);sys.modules[n].__path__=[]",
  "for n,t in r['modules']:",
  " m=types.ModuleType('slipway.environments.'+n);sys.modules[m.__name__]=m",
  " setattr(sys.modules['slipway.environments'],n,m);exec(compile(t,n+'.py','exec'),m.__dict__)",
  "sys.modules['slipway.environments.entry'].main(r['request'])",
].join("\n");

let sources: Promise<readonly (readonly [string, string])[]> | undefined;

export interface TargetCall {
  transport: Transport;
  /** Folder of this build that holds the Python package `slipway`. */
  pythonFolder: string;
  /** Interpreters to try in order; the first that starts runs the program. */
  pythons: readonly string[];
  request: { verb: string; root: string } & Record<string, unknown>;
  onLog?: (bytes: Uint8Array) => void;
  signal?: AbortSignal;
}

interface Failure {
  kind: "solver" | "install" | "disk" | "tool" | "cancelled" | "invalid" | "forbidden" | "conflict";
  message: string;
  words: string;
  next: string;
}

/**
 * Runs one request on the machine and returns its result. Throws `environment-failed` with the tools' own words, `disk-full`,
 * `tool-not-found`, `target-unreachable`, or the signal's reason when it was aborted.
 */
export async function callTarget<T>(call: TargetCall): Promise<T> {
  call.signal?.throwIfAborted();
  sources ??= Promise.all(
    modules.map(async (name) => {
      const path = join(call.pythonFolder, "slipway/environments", `${name}.py`);
      return [name, await readFile(path, "utf8")] as const;
    }),
  );
  const process = await start(call);
  const { signal } = call;
  const cancel = (): void => {
    process.stdin.write("cancel\n");
    process.kill("SIGTERM");
  };
  signal?.addEventListener("abort", cancel);
  try {
    process.stdin.on("error", () => undefined);
    process.stdin.write(`${JSON.stringify({ modules: await sources, request: call.request })}\n`);
    const [answer, words, ended] = await Promise.all([
      collect(process.stdout),
      collect(process.stderr, call.onLog),
      process.exit,
    ]);
    signal?.throwIfAborted();
    const lastLine = answer.trimEnd().split("\n").at(-1) ?? "";
    if (lastLine === "") {
      const how = ended.signal ?? `exit code ${ended.code}`;
      throw slipwayError("environment-failed", `Python ended without an answer (${how})`, {
        next: "Submit the job again.",
        details: { words: words.slice(-4000) },
      });
    }
    const reply = JSON.parse(lastLine) as { result?: T; failure?: Failure };
    if (reply.failure) throw toError(reply.failure);
    return reply.result as T;
  } finally {
    signal?.removeEventListener("abort", cancel);
    process.stdin.end();
  }
}

async function start(call: TargetCall): Promise<RemoteProcess> {
  let failure: unknown;
  for (const python of call.pythons) {
    try {
      return await call.transport.exec([python, "-I", "-u", "-c", boot]);
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === "target-unreachable") throw thrown;
      failure = thrown;
    }
  }
  throw slipwayError("tool-not-found", "No Python was found on the machine", {
    next: "Install Python 3.8 or newer there, or name one in the setting.",
    details: { tried: call.pythons, words: messageOf(failure) },
    cause: failure,
  });
}

/** Reads a stream to its end and keeps at most its last 256 KB. */
async function collect(stream: AsyncIterable<unknown>, onBytes?: (bytes: Uint8Array) => void): Promise<string> {
  let kept: Uint8Array = new Uint8Array();
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    onBytes?.(bytes);
    kept = onBytes ? Buffer.concat([kept, bytes]).subarray(-256 * 1024) : Buffer.concat([kept, bytes]);
  }
  return Buffer.from(kept).toString("utf8");
}

function toError(failure: Failure): Error {
  const options = { next: failure.next, details: { words: failure.words } };
  switch (failure.kind) {
    case "disk":
      return slipwayError("disk-full", failure.message, {
        ...options,
        next: "Free space there; `slipway gc` removes environments that are not used.",
      });
    case "tool":
      return slipwayError("tool-not-found", failure.message, options);
    case "forbidden":
    case "conflict": {
      const words = failure.words.trim();
      return slipwayError(failure.kind, words === "" ? failure.message : `${failure.message}:\n${words}`, options);
    }
    case "invalid":
      return slipwayError("internal", failure.message, options);
    default: {
      const words = failure.words.trim();
      return slipwayError("environment-failed", words === "" ? failure.message : `${failure.message}:\n${words}`, {
        ...options,
        next: failure.next || "Change the requirements, or install the Python version that they were made for.",
      });
    }
  }
}
