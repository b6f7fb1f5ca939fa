import * as vscode from "vscode";
import { settings, type SettingId } from "../contributions/settings.ts";

type Default<K extends SettingId> = (typeof settings)[K]["default"];
type Widen<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends readonly unknown[]
        ? string[]
        : Record<string, string>;

/** A setting's value for a file or folder; its declared default when the user has set nothing. */
export function setting<K extends SettingId>(id: K, scope?: vscode.Uri): Widen<Default<K>> {
  const value = vscode.workspace.getConfiguration(undefined, scope ?? null).get(id);
  return (value ?? settings[id].default) as Widen<Default<K>>;
}
