import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "#base/errors.ts";
import { slipwayHome } from "#base/home.ts";
import { slipwayError } from "#contract/errors.ts";

const fileName = "az.json";

/** A resource group as a script made it. Slipway keeps its name and nothing else goes by it. */
export interface Group {
  name: string;
  location: string;
  tags: Record<string, string>;
}

/** What scripts set through `slipway az`: kept in SLIPWAY_HOME, so that the next command of a script knows it. */
export interface AzSettings {
  /** `az configure --defaults` and `az config set`: `defaults.workspace` → value. */
  config: Record<string, string>;
  /** What `az account set` was given. */
  subscription?: { id: string; name: string };
  groups: Record<string, Group>;
}

/** The settings of this home. Throws when the file is there and is not what Slipway wrote. */
export function readSettings(): AzSettings {
  const path = join(slipwayHome(), fileName);
  try {
    const read = JSON.parse(readFileSync(path, "utf8")) as Partial<AzSettings>;
    return { ...read, config: read.config ?? {}, groups: read.groups ?? {} };
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return { config: {}, groups: {} };
    throw slipwayError("invalid-request", `${path} cannot be read as settings of az.`, {
      next: "Correct it or delete it; it holds what `az configure`, `az account set` and `az group create` were told.",
      cause,
    });
  }
}

/** Changes the settings; the file is whole at any time. */
export function changeSettings(change: (settings: AzSettings) => void): AzSettings {
  const settings = readSettings();
  change(settings);
  const home = slipwayHome();
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const path = join(home, fileName);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  return settings;
}

/** A default by its name (`workspace`, `group`, `location`): the variable of az first, then what was configured. */
export function defaultOf(settings: AzSettings, name: string): string | undefined {
  return process.env[`AZURE_DEFAULTS_${name.toUpperCase()}`] || settings.config[`defaults.${name}`];
}

/** An id of the form that Azure's have, always the same for the same words. */
export function idOf(words: string): string {
  const hex = createHash("sha256").update(`slipway ${words}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/** The subscription that scripts are told: the one that they set, or this machine's made-up one. */
export function subscriptionOf(settings: AzSettings): { id: string; name: string } {
  return settings.subscription ?? { id: idOf("subscription"), name: "Slipway" };
}
