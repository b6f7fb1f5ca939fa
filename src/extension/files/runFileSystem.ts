import * as vscode from "vscode";
import { buffer } from "node:stream/consumers";
import type { Session } from "../session.ts";
import { listFolder } from "./listFolder.ts";
import { parseRunUri, type RunFile } from "./runUri.ts";

/** A job's artifacts and its code as submitted, as a read-only file system: search, diff and preview work on it. */
export class RunFileSystem implements vscode.FileSystemProvider {
  readonly #session: Session;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();

  readonly onDidChangeFile = this.#changed.event;

  constructor(options: { session: Session }) {
    this.#session = options.session;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const file = this.#file(uri);
    const folder = { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    if (file.path === "") return folder;
    const entry = (await listFolder(this.#session, { ...file, path: parentOf(file.path) })).find(
      ({ path }) => path === file.path,
    );
    if (!entry) throw vscode.FileSystemError.FileNotFound(uri);
    if (entry.is_dir) return folder;
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size: entry.bytes,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const file = this.#file(uri);
    const entries = await listFolder(this.#session, file);
    return entries.map((entry) => [
      entry.path.split("/").pop() ?? entry.path,
      entry.is_dir ? vscode.FileType.Directory : vscode.FileType.File,
    ]);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const { job, root, path } = this.#file(uri);
    const client = await this.#session.client();
    const call = { params: { workspace: this.#session.workspace, name: job }, query: { path } };
    const { body } = root === "artifacts" ? await client.readArtifact(call) : await client.readSnapshot(call);
    return buffer(body);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  #file(uri: vscode.Uri): RunFile {
    const file = parseRunUri(uri);
    if (!file) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
