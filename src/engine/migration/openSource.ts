import { realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { slipwayError } from "#contract/errors.ts";
import type { ForeignItem } from "../core/mlflow/foreign.ts";
import { MlflowServer } from "./mlflowServer.ts";
import { workerItems } from "./workerSource.ts";

export interface SourceRequest {
  uri: string;
  /** Folders that artifacts may lie in, beside those of the store itself. */
  artifactRoots: readonly string[];
  authorization: string | undefined;
}

/** What is read from, and where the bytes of its artifacts come from. */
export interface Source {
  items: AsyncIterable<ForeignItem[]>;
  server: MlflowServer | null;
}

const databaseScheme = /^sqlite(?:\+\w+)?:\/\//;

/** Opens the store that a URI names. Throws `invalid-request` for one that cannot be read here. */
export function openSource(request: SourceRequest): Source {
  const { uri } = request;
  if (/^https?:\/\//.test(uri)) {
    const server = new MlflowServer({ uri, authorization: request.authorization });
    return { items: server.items(), server };
  }
  if (databaseScheme.test(uri)) {
    const path = real(uri.replace(databaseScheme, "").replace(/^\//, "").split("?")[0] ?? "", "file");
    const folder = dirname(path);
    // Where MLflow puts files beside a database: a client's, and a server's.
    const roots = [join(folder, "mlruns"), join(folder, "mlartifacts"), ...request.artifactRoots];
    return { items: workerItems({ kind: "database", path, artifactRoots: roots }), server: null };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(uri) && !uri.startsWith("file:")) {
    throw slipwayError("invalid-request", `An MLflow store cannot be read from ${uri.split(":")[0]}:.`, {
      next: "Start `mlflow server` on it and import from its address.",
    });
  }
  const path = real(uri.startsWith("file:") ? fileURLToPath(uri) : uri, "folder");
  return { items: workerItems({ kind: "files", path, artifactRoots: [path, ...request.artifactRoots] }), server: null };
}

function real(path: string, kind: "file" | "folder"): string {
  if (!isAbsolute(path)) throw slipwayError("invalid-request", `The path ${path} is not absolute.`);
  try {
    const found = realpathSync(path);
    const stats = statSync(found);
    if (kind === "file" ? stats.isFile() : stats.isDirectory()) return found;
  } catch {
    // Said below.
  }
  throw slipwayError("file-not-found", `There is no ${kind} ${path}.`, {
    next: "Name an mlruns folder, sqlite:///FILE, or the address of an MLflow server.",
  });
}
