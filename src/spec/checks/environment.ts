import { entryOf, type YamlPath } from "../yaml/node.ts";
import { parseYaml } from "../yaml/parse.ts";
import { resolvePath } from "../paths.ts";
import type { CheckContext } from "./context.ts";
import { checkLocalPath } from "./paths.ts";
import { checkAssetReference, checkBuildPath } from "./references.ts";

/** An environment that is a file, or stands in a job at `path`. */
export function checkEnvironment(context: CheckContext, path: YamlPath): void {
  const node = context.node(path);
  if (node?.kind === "scalar") return checkAssetReference(context, path, "environments");
  if (node?.kind !== "mapping") return;
  const has = (key: string): boolean => entryOf(node, key) !== undefined;
  if (!has("image") && !has("conda_file") && !has("build")) {
    context.report(
      "missing-key",
      "error",
      "The environment says nothing to run with. Add 'image', 'conda_file' or 'build'.",
      path,
      { onKey: true },
    );
  } else if (!has("image") && !has("build")) {
    const message =
      "Azure ML wants an 'image' beside 'conda_file'. Here the conda file alone is enough; add an image before you use this file there.";
    context.report("missing-key", "warning", message, [...path, "conda_file"], { onKey: true });
  }
  if (has("image") && has("build")) {
    context.report(
      "conflicting-keys",
      "error",
      "'image' and 'build' exclude each other. Keep one of them.",
      [...path, "build"],
      { onKey: true },
    );
  }
  if (context.string([...path, "image"])?.trim() === "") {
    context.report("missing-key", "error", "The image has no name. Name one, such as python:3.12.", [...path, "image"]);
  }
  checkCondaFile(context, [...path, "conda_file"]);
  checkBuild(context, [...path, "build"]);
}

function checkCondaFile(context: CheckContext, path: YamlPath): void {
  const local = context.string(path);
  if (local === undefined || local === "") return;
  const found = checkLocalPath(context, path, local, { what: "conda file", missing: "error", expected: "file" });
  if (found !== "file") return;
  const text = context.files.read(resolvePath(context.folder, local));
  if (text === undefined) return;
  const [problem] = parseYaml(text).problems.filter(
    (item) => item.severity === "error" && item.code !== "duplicate-key",
  );
  if (!problem) return;
  const message = `The conda file '${local}' cannot be read (line ${problem.range.line}): ${problem.message}`;
  context.report("syntax-error", "error", message, path);
}

function checkBuild(context: CheckContext, path: YamlPath): void {
  const node = context.node(path);
  if (node?.kind !== "mapping") return;
  if (!entryOf(node, "path")) {
    return context.report(
      "missing-key",
      "error",
      "'build' needs the key 'path': the folder with the Dockerfile. Add it.",
      path,
      { onKey: true },
    );
  }
  if (!checkBuildPath(context, [...path, "path"])) return;
  const dockerfile = context.string([...path, "dockerfile_path"]);
  const folder = context.string([...path, "path"]);
  if (dockerfile === undefined || folder === undefined) return;
  checkLocalPath(context, [...path, "dockerfile_path"], dockerfile, {
    what: "Dockerfile",
    missing: "error",
    expected: "file",
    base: resolvePath(context.folder, folder),
  });
}
