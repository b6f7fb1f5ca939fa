import { open, readdir, stat, writeFile } from "node:fs/promises";
import { arch, cpus, homedir, hostname, platform, release, totalmem, userInfo } from "node:os";
import { join } from "node:path";
import { CodedError, messageOf } from "#base/errors.ts";
import type { SlipwayClient } from "../client.ts";
import { Redaction, type Private } from "./redact.ts";
import { tarGz } from "./tar.ts";

export interface DiagnosticsRequest {
  /** Where the bundle is written to. */
  path: string;
  /** SLIPWAY_HOME. */
  home: string;
  /** The engine, when there is one; a rejection stands in the bundle. */
  client: () => Promise<SlipwayClient | undefined>;
  /** The workspace that the job and the targets are of; the engine's default when not given. */
  workspace?: string | undefined;
  /** A job whose record is to be in it. */
  job?: string | undefined;
  /** What asks: its version, its settings. */
  program: Record<string, unknown>;
  /** Of this process when not given. */
  private?: Private;
}

export interface WrittenDiagnostics {
  path: string;
  bytes: number;
  files: { name: string; bytes: number; what: string }[];
}

interface Section {
  name: string;
  what: string;
  content: unknown;
}

const logBytes = 1_000_000;

/** Writes one file with what helps to find a fault, without secrets and without the names of user and machine. */
export async function writeDiagnostics(request: DiagnosticsRequest): Promise<WrittenDiagnostics> {
  const redaction = new Redaction(
    request.private ?? { environment: process.env, user: userInfo().username, home: homedir(), host: hostname() },
  );
  const sections = [
    { name: "program.json", what: "versions, settings, the machine", content: programFacts(request) },
    { name: "home.json", what: "what lies in SLIPWAY_HOME, with its size", content: await homeFacts(request.home) },
    ...(await engineSections(request)),
    { name: "engine.log", what: "the end of the engine's log", content: await endOf(join(request.home, "engine.log")) },
  ];
  const files = sections.map(({ name, what, content }) => ({
    name,
    what,
    content: Buffer.from(
      typeof content === "string" ? redaction.text(content) : `${JSON.stringify(redaction.value(content), null, 2)}\n`,
    ),
  }));
  const about = Buffer.from(
    [
      "What Slipway wrote to help find a fault. Secrets, and the names of user, home folder and machine, are taken out;",
      "look through it before you give it away.",
      "",
      ...files.map(({ name, what }) => `${name}: ${what}`),
      "",
    ].join("\n"),
  );
  const all = [{ name: "README.txt", what: "what is in it", content: about }, ...files];
  const archive = tarGz(all.map(({ name, content }) => ({ path: `slipway-diagnostics/${name}`, content })));
  await writeFile(request.path, archive, { mode: 0o600 });
  return {
    path: request.path,
    bytes: archive.length,
    files: all.map(({ name, what, content }) => ({ name, what, bytes: content.length })),
  };
}

function programFacts({ program }: DiagnosticsRequest): Record<string, unknown> {
  const own = Object.entries(process.env).filter(([name]) => /^(?:SLIPWAY_|MLFLOW_)/.test(name));
  return {
    ...program,
    node: process.version,
    system: { platform: platform(), release: release(), arch: arch(), cores: cpus().length, memory_bytes: totalmem() },
    variables: { set: Object.keys(process.env).sort(), values: Object.fromEntries(own) },
  };
}

async function homeFacts(home: string): Promise<unknown> {
  const entries = await readdir(home, { withFileTypes: true }).catch(() => []);
  return Promise.all(
    entries.map(async (entry) => {
      const found = await stat(join(home, entry.name)).catch(() => undefined);
      return {
        name: entry.name,
        kind: entry.isDirectory() ? "folder" : "file",
        ...(entry.isFile() && found ? { bytes: found.size } : {}),
        ...(found ? { changed: found.mtime.toISOString(), mode: (found.mode & 0o777).toString(8) } : {}),
      };
    }),
  );
}

/** What the engine says; one that does not answer, or refuses a question, stands there with its words. */
async function engineSections({ client: connect, workspace: wanted, job }: DiagnosticsRequest): Promise<Section[]> {
  const client = await connect().catch((thrown: unknown) => faultOf(thrown));
  if (client === undefined || "fault" in client) {
    const content = client ?? { fault: { message: "No engine is running." } };
    return [{ name: "engine.json", what: "why there is no word of the engine", content }];
  }
  const status = await client.engineStatus().catch(faultOf);
  const workspace = wanted ?? ("workspace" in status ? status.workspace : "default");
  const params = { workspace };
  const answered = async (name: string, what: string, answer: Promise<unknown>): Promise<Section> => ({
    name,
    what,
    content: await answer.catch(faultOf),
  });
  return [
    { name: "engine.json", what: "the engine's status", content: status },
    await answered("store.json", "schema, check and sizes of the store", client.examineStore()),
    await answered("workspaces.json", "the workspaces", client.listWorkspaces({ query: { include_archived: true } })),
    await answered("computes.json", "the targets and what they have", client.listComputes({ params })),
    ...(job === undefined
      ? []
      : [
          await answered(
            "job.json",
            `the record of the job ${job}`,
            client.showJob({ params: { ...params, name: job } }),
          ),
        ]),
  ];
}

function faultOf(thrown: unknown): { fault: { code?: string; message: string } } {
  return {
    fault: { ...(thrown instanceof CodedError ? { code: thrown.code } : {}), message: messageOf(thrown) },
  };
}

/** The last part of a text file, from the begin of a line. */
async function endOf(path: string): Promise<string> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) return "There is no log.\n";
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - logBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = buffer.subarray(0, bytesRead).toString("utf8");
    return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}
