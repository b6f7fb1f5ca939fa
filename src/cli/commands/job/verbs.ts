import type { Verbs } from "../../parse/command.ts";
import { archive, update } from "./change.ts";
import { compare } from "./compare.ts";
import { create } from "./create.ts";
import { debug } from "./debug.ts";
import { download } from "./download.ts";
import { cancel, list, show, stream } from "./read.ts";
import { purge, remove, restore } from "./keeping.ts";
import { reproduce } from "./reproduce.ts";
import { validate } from "./validate.ts";

export const verbs: Verbs = {
  create,
  list,
  show,
  compare,
  reproduce,
  stream,
  cancel,
  debug,
  download,
  update,
  archive,
  restore,
  delete: remove,
  purge,
  validate,
};
