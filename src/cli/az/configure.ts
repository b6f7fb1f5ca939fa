import { slipwayError } from "#contract/errors.ts";
import { command, type Command, type Verbs } from "../parse/command.ts";
import { flag, text, words } from "../parse/options.ts";
import { pairsOf } from "../parse/pairs.ts";
import { UsageError } from "../parse/usageError.ts";
import { changeSettings, readSettings } from "./settings.ts";

/** Sets values, and forgets those that are set to nothing, as az does. */
function setConfig(pairs: Readonly<Record<string, string>>): void {
  changeSettings(({ config }) => {
    for (const [key, value] of Object.entries(pairs)) {
      if (value === "") delete config[key];
      else config[key] = value;
    }
  });
}

export const configure: Command = command({
  summary: "Set defaults for later az commands: workspace, group, location.",
  details: "They are kept in SLIPWAY_HOME. A value of nothing (`workspace=`) forgets one.",
  options: {
    defaults: words(["--defaults", "-d"], "`workspace=…`, `group=…`, `location=…`."),
    listDefaults: flag(["--list-defaults", "-l"], "List the defaults."),
    scope: text("--scope", "Accepted for scripts written for az; defaults are the home's."),
  },
  run: (context, { defaults, listDefaults }) => {
    if (listDefaults) {
      const { config } = readSettings();
      const listed = Object.entries(config).filter(([key]) => key.startsWith("defaults."));
      const value = listed.map(([key, set]) => ({
        name: key.slice("defaults.".length),
        source: "SLIPWAY_HOME",
        value: set,
      }));
      return Promise.resolve({ value });
    }
    if (defaults.length === 0) context.notice("Nothing is asked: give --defaults workspace=… group=… location=….");
    const pairs = Object.entries(pairsOf("--defaults/-d", defaults));
    setConfig(Object.fromEntries(pairs.map(([name, value]) => [`defaults.${name}`, value])));
    return Promise.resolve(undefined);
  },
});

const local = flag("--local", "Accepted for scripts written for az; values are the home's.");

/** `az config`: the same store as `az configure`, by its full keys (`defaults.workspace`). */
export const configVerbs: Verbs = {
  set: command({
    summary: "Set configuration values; `defaults.workspace=…` is used, others are kept.",
    positionals: { name: "KEY=VALUE", help: "What to set.", min: 1 },
    options: { local },
    run: (_context, _values, pairs) => {
      setConfig(pairsOf("KEY=VALUE", pairs));
      return Promise.resolve(undefined);
    },
  }),
  get: command({
    summary: "Show one value, or all.",
    positionals: { name: "KEY", help: "The key.", min: 0 },
    options: { local },
    run: (_context, _values, [key]) => {
      const { config } = readSettings();
      const shown = (name: string): object => ({ name, source: "SLIPWAY_HOME", value: config[name] });
      if (key === undefined) return Promise.resolve({ value: Object.keys(config).map(shown) });
      if (config[key] === undefined) throw slipwayError("not-found", `Configuration '${key}' is not set.`);
      return Promise.resolve({ value: shown(key) });
    },
  }),
  unset: command({
    summary: "Forget values.",
    positionals: { name: "KEY", help: "The keys.", min: 1 },
    options: { local },
    run: (_context, _values, keys) => {
      if (keys.some((key) => key === "")) throw new UsageError("a key is empty");
      setConfig(Object.fromEntries(keys.map((key) => [key, ""])));
      return Promise.resolve(undefined);
    },
  }),
};
