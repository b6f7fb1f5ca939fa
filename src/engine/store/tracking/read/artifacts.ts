import { safeArtifactPath } from "../../../core/mlflow/artifactPath.ts";
import { invalidParameter } from "../../../core/mlflow/fault.ts";
import { optionalString, requiredRunId } from "../../../core/mlflow/fields.ts";
import { listFolder, pathOfLocation, type ListedFile } from "../artifactRows.ts";
import type { ReadContext, ReadOperation } from "../context.ts";
import { loggedModelOf } from "../loggedModels.ts";
import { runOf } from "../runs.ts";

function fileInfo(file: ListedFile, folder: string): Record<string, unknown> {
  const path = folder === "" ? file.name : `${folder}/${file.name}`;
  return { path, is_dir: file.isFolder, ...(file.bytes > 0 ? { file_size: file.bytes } : {}) };
}

function listUnder(context: ReadContext, root: string, folder: string): { files?: unknown[] } {
  const full = folder === "" ? root : `${root}/${folder}`;
  const files = listFolder(context.db, context.workspaceId, full).map((file) => fileInfo(file, folder));
  return files.length > 0 ? { files } : {};
}

/** `mlflow-artifacts/artifacts?path=`: names are relative to the folder. A file or a missing path is an empty answer. */
export const listArtifactFolder: ReadOperation = (context) => {
  const folder = safeArtifactPath(optionalString(context.fields, "path") ?? "");
  const files = listFolder(context.db, context.workspaceId, folder).map((file) => fileInfo(file, ""));
  return files.length > 0 ? { files } : {};
};

/** `artifacts/list`: names are relative to the run's root. */
export const listRunArtifacts: ReadOperation = (context) => {
  const runId = requiredRunId(context.fields);
  const folder = safeArtifactPath(optionalString(context.fields, "path") ?? "");
  const run = runOf(context.db, context.workspaceId, runId);
  const root = pathOfLocation(run.artifact_uri);
  if (root === null) {
    throw invalidParameter(
      `The artifacts of run ${runId} lie at ${run.artifact_uri}, where this server cannot list them. ` +
        "Read them with an MLflow client that can reach that place.",
    );
  }
  return { root_uri: run.artifact_uri, ...listUnder(context, root, folder) };
};

/** `logged-models/{id}/artifacts/directories`: names are relative to the model's root. */
export const listLoggedModelArtifacts: ReadOperation = (context) => {
  const folder = safeArtifactPath(optionalString(context.fields, "artifact_directory_path") ?? "");
  const modelId = context.path["model_id"] ?? "";
  const model = loggedModelOf(context.db, context.workspaceId, modelId, { deletedToo: false });
  const root = pathOfLocation(model.artifact_uri);
  return { root_uri: model.artifact_uri, ...(root === null ? {} : listUnder(context, root, folder)) };
};
