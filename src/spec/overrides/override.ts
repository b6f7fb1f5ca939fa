import type { YamlPath } from "../yaml/node.ts";
import type { PyValue } from "../yaml/values.ts";

/** A change to a YAML file that is made before it is loaded, as `az ml … --set` makes it. */
export type Override =
  | { set: YamlPath; value: PyValue; /** The flag's text, for messages. */ flag: string }
  | { remove: YamlPath; flag: string };
