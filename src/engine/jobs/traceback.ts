/** The exception that ended a Python program, and where in the user's code it came from. */
export interface Traceback {
  /** `ModuleNotFoundError: No module named 'x'` */
  message: string;
  /** In the code snapshot (relative), else the innermost frame (absolute); null when no frame was printed. */
  location: { file: string; line: number } | null;
}

const HEAD = "Traceback (most recent call last):";
const frame = /^\s*File "(.+)", line (\d+)/u;
const exception = /^(?:[A-Za-z_][\w.]*)(?:: .*)?$/u;

/**
 * Finds the last traceback among the lines. `codeFolder` is where the code lay: the innermost frame inside it is the
 * location, under its path in the snapshot.
 */
export function findTraceback(lines: readonly string[], codeFolder: string): Traceback | undefined {
  const start = lines.findLastIndex((line) => line.trimEnd().endsWith(HEAD));
  // A syntax error of the main file is printed without a head.
  const from = start >= 0 ? start : lines.findLastIndex((line) => frame.test(line));
  if (from < 0) return undefined;
  const frames: { file: string; line: number }[] = [];
  let message: string | undefined;
  for (const line of lines.slice(from)) {
    const found = frame.exec(line);
    if (found) frames.push({ file: found[1] as string, line: Number(found[2]) });
    else if (frames.length > 0 && exception.test(line)) {
      message = line;
      break;
    }
  }
  if (message === undefined) return undefined;
  return { message: message.slice(0, 2000), location: locate(frames, codeFolder) };
}

function locate(frames: readonly { file: string; line: number }[], codeFolder: string): Traceback["location"] {
  const own = frames.findLast(({ file }) => inside(file, codeFolder) !== undefined);
  const chosen = own ?? frames.at(-1);
  if (chosen === undefined) return null;
  return { file: inside(chosen.file, codeFolder) ?? chosen.file, line: chosen.line };
}

/** The path in the snapshot. A script that was started by a relative name prints that name. */
function inside(file: string, codeFolder: string): string | undefined {
  if (file.startsWith(`${codeFolder}/`)) return file.slice(codeFolder.length + 1);
  return file.startsWith("/") || file.startsWith("<") ? undefined : file.replace(/^\.\//u, "");
}
