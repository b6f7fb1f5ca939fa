/** A word for a POSIX shell, whatever it holds. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
