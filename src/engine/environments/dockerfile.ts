/** What a Dockerfile installs for Python, and what it does besides. */
export interface DockerfileMeaning {
  image: string;
  /** pip lines in order, `-r` with the path beside the Dockerfile. */
  pipLines: string[];
  /** Conda files that an environment is made from, by path beside the Dockerfile. */
  condaFiles: string[];
  /** Conda packages named on a command line. */
  condaPackages: string[];
  /** Commands and instructions with an effect that is not carried over. */
  leftOut: string[];
}

const harmless = /^(WORKDIR|LABEL|EXPOSE|CMD|ENTRYPOINT|USER|SHELL|STOPSIGNAL|HEALTHCHECK|MAINTAINER|COPY|ADD|ARG)$/;
const optionsWithValue = new Set([
  "-i",
  "--index-url",
  "--extra-index-url",
  "-f",
  "--find-links",
  "-c",
  "--constraint",
]);
const takenAlong = new Set([...optionsWithValue, "--pre", "--no-index", "--trusted-host"]);

/** Reads a Dockerfile. `files` are the paths beside it, to find what `-r /copied/requirements.txt` was copied from. */
export function readDockerfile(text: string, files: readonly string[]): DockerfileMeaning {
  const meaning: DockerfileMeaning = { image: "", pipLines: [], condaFiles: [], condaPackages: [], leftOut: [] };
  for (const line of logicalLines(text)) {
    const [, keyword = "", rest = ""] = /^([A-Za-z]+)\s+(.*)$/s.exec(line) ?? [];
    const instruction = keyword.toUpperCase();
    // A later stage starts anew; only the last one becomes the image.
    if (instruction === "FROM") {
      meaning.image = rest.replace(/^--platform=\S+\s+/, "").split(/\s+/)[0] ?? "";
      meaning.pipLines = [];
      meaning.condaFiles = [];
      meaning.condaPackages = [];
    } else if (instruction === "RUN") {
      for (const command of rest.split(/&&|;/)) readCommand(meaning, command.trim(), files);
    } else if (!harmless.test(instruction)) meaning.leftOut.push(line);
  }
  return meaning;
}

function readCommand(meaning: DockerfileMeaning, command: string, files: readonly string[]): void {
  const words = tokenize(command.replace(/^(--mount=\S+\s+|--network=\S+\s+)+/, ""));
  const pip = words.findIndex((word, index) => /(^|\/)pip3?$/.test(word) && words[index + 1] === "install");
  const conda = words.findIndex((word) => /(^|\/)(conda|mamba|micromamba)$/.test(word));
  if (
    pip >= 0 &&
    words.slice(0, pip).every((word) => /(^|\/)python[\d.]*$|^-m$|conda$|^run$|^-[np]$/.test(word) || conda >= 0)
  ) {
    readPip(meaning, words.slice(pip + 2), files);
  } else if (conda >= 0 && words[conda + 1] === "env") {
    const flag = words.findIndex((word) => word === "-f" || word === "--file");
    meaning.condaFiles.push(beside(words[flag + 1] ?? "", files));
  } else if (conda >= 0 && (words[conda + 1] === "install" || words[conda + 1] === "create")) {
    readConda(meaning, words.slice(conda + 2));
  } else if (command !== "" && !/^(rm|cd|echo|mkdir|conda clean|pip cache)\b/.test(command))
    meaning.leftOut.push(command);
}

function readPip(meaning: DockerfileMeaning, words: readonly string[], files: readonly string[]): void {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word === "-r" || word === "--requirement") {
      index += 1;
      meaning.pipLines.push(`-r ${beside(words[index] ?? "", files)}`);
    } else if (optionsWithValue.has(word) || word === "--trusted-host") {
      index += 1;
      meaning.pipLines.push(`${word} ${words[index] ?? ""}`);
    } else if (!word.startsWith("-") || takenAlong.has(word.split("=")[0] ?? "")) meaning.pipLines.push(word);
  }
}

function readConda(meaning: DockerfileMeaning, words: readonly string[]): void {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (/^(-n|--name|-p|--prefix|-c|--channel)$/.test(word)) index += 1;
    else if (!word.startsWith("-")) meaning.condaPackages.push(word);
  }
}

/** The file beside the Dockerfile that a path inside the image was copied from: the one with the longest common end. */
function beside(path: string, files: readonly string[]): string {
  const parts = path.replace(/^(\.\/|\/)+/, "").split("/");
  for (let start = 0; start < parts.length; start += 1) {
    const tail = parts.slice(start).join("/");
    const found = files.find((file) => file === tail) ?? files.find((file) => file.endsWith(`/${tail}`));
    if (found !== undefined) return found;
  }
  return path;
}

function logicalLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\s*\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Words as a shell splits them: quotes are taken off, nothing is expanded. */
function tokenize(command: string): string[] {
  return [...command.matchAll(/(?:"([^"]*)"|'([^']*)'|([^\s"']+))+/g)].map((match) => match[0].replace(/["']/g, ""));
}
