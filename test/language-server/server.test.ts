import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createConnection,
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  DocumentLinkRequest,
  HoverRequest,
  InitializeRequest,
  CodeActionRequest,
  CodeLensRequest,
  PublishDiagnosticsNotification,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type ProtocolConnection,
} from "vscode-languageserver/node";
import { classifyRequest, type Classified } from "#contract/languageServer.ts";
import { startServer } from "../../language-server/server.ts";

const job = `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: python train.py --lr \${{inputs.lr}}
code: src
inputs:
  lr: 0.1
environment: azureml:my-env@latest
compute: azureml:cpu-cluster
`;

class Pipe extends Duplex {
  other: Pipe | undefined;
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.other?.push(chunk);
    done();
  }
}

let folder: string;
let client: ProtocolConnection;
const published = new Map<string, Diagnostic[]>();
const uriOf = (name: string) => pathToFileURL(join(folder, name)).toString();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-lsp-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src/train.py"), "print('hello')\n");
  writeFileSync(join(folder, "src/library.py"), "def f():\n    return 1\n");
  writeFileSync(join(folder, "job.yml"), job);
  writeFileSync(join(folder, "compose.yml"), "services:\n  web:\n    image: nginx\n");
  const [near, far] = [new Pipe(), new Pipe()];
  near.other = far;
  far.other = near;
  startServer(createConnection(new StreamMessageReader(far), new StreamMessageWriter(far)));
  client = createProtocolConnection(new StreamMessageReader(near), new StreamMessageWriter(near));
  client.onNotification(
    PublishDiagnosticsNotification.type,
    ({ uri, diagnostics }) => void published.set(uri, diagnostics),
  );
  client.listen();
  await client.sendRequest(InitializeRequest.type, { processId: null, rootUri: null, capabilities: {} });
});

afterAll(() => {
  client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, text: string): Promise<Diagnostic[]> {
  const uri = uriOf(name);
  published.delete(uri);
  await client.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "yaml", version: 1, text },
  });
  await expect.poll(() => published.has(uri)).toBe(true);
  return published.get(uri) ?? [];
}

describe("the language server", () => {
  it("says what the files of a folder are", async () => {
    const uris = ["job.yml", "compose.yml", "src/train.py", "src/library.py", "absent.yml"].map(uriOf);
    const classified = await client.sendRequest<Classified[]>(classifyRequest, { uris });
    expect(classified.map(({ kind, runnable }) => [kind, runnable])).toEqual([
      ["job:command", true],
      [null, false],
      ["script", true],
      [null, false],
      [null, false],
    ]);
    expect(classified[0]?.what).toBe("Command job");
  });

  it("finds nothing wrong with a good job and leaves other people's YAML alone", async () => {
    expect(await open("job.yml", job)).toEqual([]);
    expect(await open("compose.yml", "services: {web: {image: nginx}}\n")).toEqual([]);
  });

  it("marks the place, says the reason and offers the right key", async () => {
    const [problem, ...more] = await open("typo.yml", job.replace("compute:", "compote:"));
    expect(more).toEqual([]);
    expect(problem?.range.start).toEqual({ line: 6, character: 0 });
    expect(problem?.message).toContain("compute");
    const textDocument = { uri: uriOf("typo.yml") };
    const context = { diagnostics: problem ? [problem] : [] };
    const range = problem?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const actions = await client.sendRequest(CodeActionRequest.type, { textDocument, range, context });
    expect(JSON.stringify(actions)).toContain('"newText":"compute"');
  });

  it("offers ▶ and Validate above a job", async () => {
    await open("job.yml", job);
    const lenses = await client.sendRequest(CodeLensRequest.type, { textDocument: { uri: uriOf("job.yml") } });
    expect(lenses?.map((lens) => lens.command?.command)).toEqual(["slipway.job.run", "slipway.job.validate"]);
  });

  it("tells what a key is for, and what an expression stands for", async () => {
    const hover = async (line: number, character: number) =>
      JSON.stringify(
        await client.sendRequest(HoverRequest.type, {
          textDocument: { uri: uriOf("job.yml") },
          position: { line, character },
        }),
      );
    expect(await hover(2, 1)).toContain("code");
    expect(await hover(1, 38)).toContain("inputs.lr");
  });

  it("links files that a document names", async () => {
    writeFileSync(join(folder, "conda.yml"), "dependencies: [python=3.11]\n");
    const text = job.replace(
      "environment: azureml:my-env@latest",
      "environment:\n  image: python:3.11\n  conda_file: conda.yml",
    );
    await open("linked.yml", text);
    const links = await client.sendRequest(DocumentLinkRequest.type, { textDocument: { uri: uriOf("linked.yml") } });
    expect(links?.map((link) => link.target)).toEqual([uriOf("conda.yml")]);
  });
});
