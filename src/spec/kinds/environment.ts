import type { z } from "zod";
import { environmentFile } from "./environmentParts.ts";

/** `az ml environment create`. */
export const environment = environmentFile;

export type EnvironmentFile = z.output<typeof environment>;
