import { posix } from "node:path";
import { invalidParameter } from "./fault.ts";
import { invalidValue } from "./fields.ts";
import { limits } from "./limits.ts";

const badCharacters =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
const allowed = /^[/\p{L}\p{N}_.\- :]*\n?$/u;
const plain = /^[A-Za-z0-9_\- :]+$/;

function normalised(name: string): string {
  const path = posix.normalize(name);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** A metric's, param's or tag's key: MLflow's characters, and nothing that is another path when taken as one. */
export function checkKey(key: string, path: string): void {
  if (plain.test(key)) return;
  if (!allowed.test(key)) throw invalidParameter(invalidValue(path, key, badCharacters));
  const resolved = normalised(key);
  if (resolved !== key || resolved === "." || resolved.startsWith("..") || resolved.startsWith("/")) {
    const reason =
      "Names may be treated as files in certain cases, and must not resolve to other names" +
      ` when treated as such. This name would resolve to '${resolved}'`;
    throw invalidParameter(invalidValue(path, key, reason));
  }
}

/** Characters as Python counts them. */
function lengthOf(text: string): number {
  if (text.length < 250) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

export function checkLength(what: string, limit: number, text: string): void {
  if (text.length > limit && lengthOf(text) > limit) {
    throw invalidParameter(`'${what}' exceeds the maximum length of ${limit} characters`);
  }
}

/** MLflow cuts a run's long values instead of refusing them. */
export function cut(limit: number, text: string): string {
  if (text.length <= limit || lengthOf(text) <= limit) return text;
  return [...text].slice(0, limit).join("");
}

export function checkRunId(id: string): void {
  if (!/^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}$/u.test(id)) throw invalidParameter(invalidValue("run_id", id));
}

export function checkExperimentName(name: string): string {
  checkLength("name", limits.experimentName, name);
  return name;
}

/** An experiment id is a whole number written as text. */
export function experimentNumber(id: string): number {
  if (!/^\s*[+-]?\d{1,15}\s*$/.test(id)) {
    throw invalidParameter(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
  }
  return Number(id);
}

export function checkLoggedModelName(name: string | undefined): void {
  if (name === undefined) return;
  if (name === "" || /[/:.%"']/.test(name)) {
    throw invalidParameter(
      `Invalid model name ('${name}') provided. Model name must be a non-empty string ` +
        `and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
}
