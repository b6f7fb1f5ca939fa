import { accessSchema } from "./schema/access.ts";

/** The whole schema, one part a noun, parents before children. */
export const schema = [accessSchema].join("\n");
