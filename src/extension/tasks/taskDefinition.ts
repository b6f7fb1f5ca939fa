import type * as vscode from "vscode";

/** Our tasks' type in `tasks.json`. */
export const taskType = "slipway";

/** A task as its author meant it. */
export interface SlipwayTask {
  command: "run" | "validate";
  file: string;
  /** `--set` pairs, those of `inputs` first. */
  overrides: string[];
  workspace?: string;
  python?: string;
  allowHome: boolean;
  allowSecrets: boolean;
  skipParentIgnored: boolean;
}

/** What is wrong in a task's definition: the key, and what it must be. */
export class TaskFault extends Error {
  readonly key: string;
  readonly wanted: string;

  constructor(options: { key: string; wanted: string }) {
    super(`\`${options.key}\` must be ${options.wanted}.`);
    this.key = options.key;
    this.wanted = options.wanted;
  }
}

/** Reads a definition, whoever wrote it. Throws {@link TaskFault}. */
export function readTask(definition: vscode.TaskDefinition): SlipwayTask {
  const given = definition as Record<string, unknown>;
  const { command = "run", file, inputs = {}, set = [] } = given;
  if (command !== "run" && command !== "validate") throw new TaskFault({ key: "command", wanted: "run or validate" });
  if (typeof file !== "string" || file === "") throw new TaskFault({ key: "file", wanted: "a path" });
  if (!isRecord(inputs)) throw new TaskFault({ key: "inputs", wanted: 'an object, as { "epochs": 1 }' });
  if (!isTexts(set)) throw new TaskFault({ key: "set", wanted: 'a list of texts, as ["limits.timeout=60"]' });
  return {
    command,
    file,
    overrides: [...toOverrides(inputs), ...set],
    ...textOf(given, "workspace"),
    ...textOf(given, "python"),
    allowHome: given["allowHome"] === true,
    allowSecrets: given["allowSecrets"] === true,
    skipParentIgnored: given["skipParentIgnored"] === true,
  };
}

/**
 * `{ epochs: 1, data: { path: "x" } }` as `--set` pairs: `inputs.epochs=1`, `inputs.data.path=x`.
 *
 * @internal
 */
export function toOverrides(values: Readonly<Record<string, unknown>>, below = "inputs"): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const path = `${below}.${name.replace(/[\\.[\]]/g, "\\$&")}`;
    if (isRecord(value)) return toOverrides(value, path);
    return [`${path}=${typeof value === "string" ? value : JSON.stringify(value)}`];
  });
}

function textOf<K extends "workspace" | "python">(given: Record<string, unknown>, key: K): { [P in K]?: string } {
  const value = given[key];
  if (value === undefined || value === "") return {};
  if (typeof value !== "string") throw new TaskFault({ key, wanted: "a text" });
  return { [key]: value } as { [P in K]: string };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
