import { environmentFile } from "./environmentParts.ts";

/** `az ml environment create`. */
export const environment = environmentFile;
