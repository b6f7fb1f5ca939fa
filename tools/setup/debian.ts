import { existsSync } from "node:fs";
import { mustRun, run } from "../process/run.ts";

/** What the tests use beyond Node and Python, by Debian package. */
const packages: Readonly<Record<string, string>> = {
  chromium: "real VS Code tests",
  "libkrb5-dev": "code-server's native parts",
  gcc: "code-server's native parts, test programs",
  "g++": "code-server's native parts",
  make: "code-server's native parts",
  "pkg-config": "code-server's native parts",
  "python3-venv": "environments of jobs",
  "python3-pip": "environments of jobs",
  git: "code snapshots",
  procps: "fault tests",
  strace: "fault tests",
  faketime: "clock tests",
  iproute2: "network namespaces",
  "openssh-server": "ssh tests",
  podman: "container tests",
  runc: "container tests",
  "busybox-static": "container tests",
  uidmap: "container tests",
};

async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const name of Object.keys(packages)) {
    const { output } = await run(["dpkg-query", "-W", "-f", "${Status}", name]);
    if (!output.includes("ok installed")) missing.push(name);
  }
  return missing;
}

/**
 * Installs what is missing when this is Debian and the user is root; else says what is missing. Tests that need a missing part skip
 * themselves, so nothing is thrown for those.
 */
export async function ensureDebianPackages(): Promise<void> {
  if (process.platform !== "linux" || !existsSync("/usr/bin/dpkg-query")) return;
  const missing = await missingPackages();
  if (missing.length === 0) return;
  const reasons = missing.map((name) => `${name} (${packages[name]})`).join(", ");
  if (process.getuid?.() !== 0) {
    process.stdout.write(`setup: missing ${reasons}\nsetup: sudo apt-get install ${missing.join(" ")}\n`);
    return;
  }
  process.stdout.write(`setup: installing ${reasons}\n`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await mustRun(["apt-get", "update", "-qq"], { env, timeoutSeconds: 300 });
  await mustRun(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...missing], {
    env,
    timeoutSeconds: 900,
  });
}
