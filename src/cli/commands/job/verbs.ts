import type { Verbs } from "../../parse/command.ts";
import { create } from "./create.ts";
import { cancel, list, show, stream } from "./read.ts";

export const verbs: Verbs = { create, list, show, stream, cancel };
