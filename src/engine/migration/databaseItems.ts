import { messageOf } from "#base/errors.ts";
import type { ForeignFault, ForeignItem } from "../core/mlflow/foreign.ts";
import { MlflowDatabase } from "../store/foreign/mlflowDatabase.ts";
import { isLocal, type LocalArtifacts } from "./localArtifacts.ts";

/** Everything in an MLflow database: first the experiments, then the runs, then the logged models. */
export function* databaseItems(path: string, artifacts: LocalArtifacts): Generator<ForeignItem> {
  const database = new MlflowDatabase(path);
  try {
    yield* database.experiments();
    for (const id of database.runIds()) {
      yield* attempt(`${path}: runs/${id}`, () => withFiles(path, database.run(id), artifacts));
    }
    for (const id of database.modelIds()) {
      yield* attempt(`${path}: logged_models/${id}`, () => withFiles(path, database.model(id), artifacts));
    }
  } finally {
    database.close();
  }
}

function attempt(place: string, read: () => ForeignItem[]): ForeignItem[] {
  try {
    return read();
  } catch (thrown) {
    return [{ kind: "fault", place, reason: messageOf(thrown) } satisfies ForeignFault];
  }
}

type Bare = ReturnType<MlflowDatabase["run"]> | ReturnType<MlflowDatabase["model"]>;

function withFiles(path: string, item: Bare, artifacts: LocalArtifacts): ForeignItem[] {
  const place = `${path}: ${item.place}`;
  const uri = item.artifactUri;
  if (!isLocal(uri)) return [{ ...item, place, files: [] }];
  const { files, faults } = artifacts.find(uri, artifacts.placesOf(uri));
  return [{ ...item, place, files }, ...faults];
}
