import { slipwayError } from "#contract/errors.ts";
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

/** A conda file as written: nothing is interpreted yet. */
export interface CondaFile {
  name: string;
  channels: readonly string[];
  /** MatchSpecs, `pip:` excluded. */
  packages: readonly string[];
  /** Lines below `pip:`. */
  pip: readonly string[];
}

/** No conda file is this long; what is longer is an attack or a mistake. */
const longest = 1024 * 1024;

/**
 * Reads a conda file. All scalars stay text, so `python: 3.10` does not turn into 3.1.
 * Throws `invalid-document` with line and column of each problem.
 */
export function readCondaFile(text: string): CondaFile {
  if (text.length > longest) throw invalid([{ message: "The conda file is longer than 1 MB", line: 1, column: 1 }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    throw invalid(
      document.errors.map((error) => ({ message: error.message.split(" at line ")[0] ?? "", ...at(error.pos[0]) })),
    );
  }
  const root = document.contents;
  if (!isMap(root)) throw invalid([{ message: "A conda file is a mapping with `dependencies`", line: 1, column: 1 }]);
  const problems: Problem[] = [];
  const packages: string[] = [];
  const pip: string[] = [];
  const texts = (key: string): string[] => {
    const node = root.get(key, true);
    if (!isSeq(node)) return [];
    return node.items.filter((item) => isScalar(item)).map((item) => String(item.value));
  };
  const dependencies: unknown = root.get("dependencies", true);
  if (!isSeq(dependencies)) {
    throw invalid([{ message: "A conda file needs a list `dependencies`", line: 1, column: 1 }]);
  }
  for (const item of dependencies.items) {
    const place = at(positionOf(item));
    if (isScalar(item) && typeof item.value === "string" && item.value !== "") packages.push(item.value);
    else if (isMap(item) && item.items.length === 1 && item.has("pip")) {
      const list: unknown = item.get("pip", true);
      if (isSeq(list)) {
        for (const line of list.items) {
          if (isScalar(line)) pip.push(String(line.value));
          else problems.push({ message: "A pip entry is one line of text", ...at(positionOf(line)) });
        }
      } else if (!(isScalar(list) && (list.value === "" || list.value === null))) {
        problems.push({ message: "`pip` is a list", ...place });
      }
    } else problems.push({ message: "A dependency is text like `numpy=1.26`, or the list `pip:`", ...place });
  }
  if (problems.length > 0) throw invalid(problems);
  return { name: String(root.get("name") ?? ""), channels: texts("channels"), packages, pip };
}

interface Problem {
  message: string;
  line: number;
  column: number;
}

function positionOf(node: unknown): number {
  return (node as { range?: [number, number, number] | null }).range?.[0] ?? 0;
}

function invalid(problems: readonly Problem[]): Error {
  const first = problems[0];
  return slipwayError("invalid-document", `The conda file is not valid: ${first?.message} (line ${first?.line})`, {
    next: "Correct the conda file.",
    details: { problems },
  });
}
