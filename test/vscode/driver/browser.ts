import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApp = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser on this machine: `SLIPWAY_CHROMIUM`, else the first of the usual names on the PATH, else undefined. */
export function findBrowser(): string | undefined {
  const chosen = process.env["SLIPWAY_CHROMIUM"];
  if (chosen) return chosen;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), macApp].find(existsSync);
}

/** Starts Chromium without a window. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error(
      "No Chromium or Chrome was found. Install one (Debian: apt-get install chromium) or set SLIPWAY_CHROMIUM",
    );
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
    ],
  });
}
