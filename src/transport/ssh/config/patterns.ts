/** Whether a name matches one pattern of OpenSSH: `*` is any text, `?` any one character; case does not count. */
function matchesPattern(name: string, pattern: string): boolean {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${text}$`, "is").test(name);
}

/** Whether a name matches a list of patterns. One that matches a negated pattern (`!name`) matches the list never. */
export function matchesList(name: string, patterns: readonly string[]): boolean {
  let found = false;
  for (const pattern of patterns) {
    if (pattern.startsWith("!")) {
      if (matchesPattern(name, pattern.slice(1))) return false;
    } else if (matchesPattern(name, pattern)) found = true;
  }
  return found;
}
