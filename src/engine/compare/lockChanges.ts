/** Names as package indexes compare them: `Foo_Bar` and `foo-bar` are one (PEP 503). */
function normalised(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/gu, "-");
}

/** Packages of a lock with their exact versions, or the URL that one comes from. */
function packagesOf(lock: string): Map<string, string> {
  const packages = new Map<string, string>();
  for (const line of lock.split("\n")) {
    const found = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:==\s*([^\s;\\]+)|@\s*(\S+))/u.exec(line);
    const version = found?.[2] ?? found?.[3];
    if (found?.[1] !== undefined && version !== undefined) packages.set(normalised(found[1]), version);
  }
  return packages;
}

/** Packages that were added, removed or have another version, by name. */
export function lockChanges(from: string, to: string): { name: string; from: string | null; to: string | null }[] {
  const [before, after] = [packagesOf(from), packagesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((name) => ({ name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
    .filter((change) => change.from !== change.to);
}
