import { invalidParameter } from "./fault.ts";
import { modelStatuses, runStatuses, type ForeignModel, type ForeignRun, type Pair, type Points } from "./foreign.ts";
import { limits } from "./limits.ts";
import { checkKey, checkLength, checkRunId } from "./names.ts";

/** Longer than any value that MLflow writes; what is longer was not written by it. */
const longestValue = 1_000_000;

function checkPairs(what: string, pairs: readonly Pair[]): void {
  for (const [key, value] of pairs) {
    checkKey(key, what);
    checkLength(what, limits.key, key);
    checkLength(`${what} ${key}`, longestValue, value);
  }
}

function checkTime(what: string, time: number | null): void {
  if (time === null || (Number.isSafeInteger(time) && Math.abs(time) < 1e15)) return;
  throw invalidParameter(`Its ${what} is no time: ${time}.`);
}

function checkPoints(points: Points): void {
  for (const key of points.keys) {
    checkKey(key, "metric");
    checkLength("metric", limits.key, key);
  }
  for (let index = 0; index < points.values.length; index++) {
    if (Number.isSafeInteger(points.timestamps[index]) && Number.isSafeInteger(points.steps[index])) continue;
    throw invalidParameter("A metric has a time or a step that is no whole number.");
  }
}

/** Throws with the reason when a run is not one that MLflow could have written. */
export function checkForeignRun(run: ForeignRun): void {
  checkRunId(run.id);
  if (!(runStatuses as readonly string[]).includes(run.status))
    throw invalidParameter(`Unknown status '${run.status}'.`);
  checkLength("name", longestValue, run.name);
  checkTime("start", run.startTime);
  checkTime("end", run.endTime);
  checkTime("deletion", run.deletedTime);
  checkPairs("param", run.params);
  checkPairs("tag", run.tags);
  checkPoints(run.points);
  for (const dataset of run.datasets) {
    checkLength("dataset's name", limits.datasetName, dataset.name);
    checkLength("dataset's digest", limits.datasetDigest, dataset.digest);
    checkLength("dataset's source", limits.datasetProfile, dataset.source);
    checkLength("dataset's schema", limits.datasetProfile, dataset.schema ?? "");
    checkLength("dataset's profile", limits.datasetProfile, dataset.profile ?? "");
  }
  for (const model of run.models) checkRunId(model.id);
}

/** As {@link checkForeignRun}, for a logged model. */
export function checkForeignModel(model: ForeignModel): void {
  checkRunId(model.id);
  if (!(modelStatuses as readonly string[]).includes(model.status)) {
    throw invalidParameter(`Unknown status '${model.status}'.`);
  }
  if (model.name === "") throw invalidParameter("It has no name.");
  checkLength("name", limits.experimentName, model.name);
  checkTime("creation", model.creationTime);
  checkTime("last update", model.lastUpdatedTime);
  checkPairs("param", model.params);
  checkPairs("tag", model.tags);
  for (const point of model.points) {
    checkKey(point.key, "metric");
    checkTime("metric's time", point.timestamp);
    if (!Number.isSafeInteger(point.step)) throw invalidParameter("A metric has a step that is no whole number.");
  }
}
