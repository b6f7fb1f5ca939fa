import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validate, type FileProvider, type Validation } from "../../src/spec/index.ts";

const folder = join(import.meta.dirname, "..", "fixtures", "spec", "golden", "project");

/** The project as files of `/project`, so that messages hold no path of this machine. */
const project: FileProvider = {
  exists: (path) => {
    const real = path.replace("/project", folder);
    if (!existsSync(real)) return undefined;
    return statSync(real).isDirectory() ? "folder" : "file";
  },
  read: (path) => readFileSync(path.replace("/project", folder), "utf8"),
  list: (path) => (existsSync(path.replace("/project", folder)) ? readdirSync(path.replace("/project", folder)) : []),
};

function lines({ kind, valid, problems }: Validation): string {
  const told = problems.map(({ severity, code, message, path, range, fix }) => {
    const place = `${range.line}:${range.column}-${range.endLine}:${range.endColumn}`;
    const end = fix === undefined ? "" : ` [fix: ${fix.title}]`;
    return `${place} ${severity} ${code} ${path === "" ? "." : path}: ${message}${end}`;
  });
  return [`${kind ?? "no kind"}, ${valid ? "valid" : "invalid"}`, ...told, ""].join("\n");
}

describe("what is said of a file, and where", () => {
  const inputs = readdirSync(folder).filter((name) => name.endsWith(".yml") && !name.includes("conda"));
  test.each(inputs)("%s", async (name) => {
    const result = validate(readFileSync(join(folder, name), "utf8"), { path: `/project/${name}`, files: project });
    await expect(lines(result)).toMatchFileSnapshot(join(folder, "..", "expected", name.replace(".yml", ".txt")));
  });
});
