import { spawn } from "node:child_process";

/** Opens a link with the desktop's own program. Without one the caller's printed link is all there is. */
export function openLink(url: string): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { detached: true, stdio: "ignore" });
  child.once("error", () => undefined);
  child.unref();
}
