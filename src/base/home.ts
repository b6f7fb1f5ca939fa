import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The folder that holds everything Slipway keeps for this user. `SLIPWAY_HOME` moves it, whole. */
export function slipwayHome(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env["SLIPWAY_HOME"] || join(homedir(), ".slipway"));
}
