import { parseReference, type Reference } from "../references/reference.ts";
import type { YamlPath } from "../yaml/node.ts";
import { isPlaceholder, type CheckContext } from "./context.ts";
import { checkLocalPath } from "./paths.ts";

/** Says what is wrong with a reference's form. Returns the reference when it is good. */
function checkedReference(context: CheckContext, path: YamlPath, text: string): Reference | undefined {
  const reference = parseReference(text);
  if (reference.kind !== "bad") return reference;
  if (isPlaceholder(text)) {
    context.report("placeholder", "warning", `'${text}' is a placeholder. Fill it in before you use this file.`, path);
    return undefined;
  }
  const message = `'${text}' is not a reference: ${reference.reason}. Correct it.`;
  context.report("bad-reference", "error", message, path);
  return undefined;
}

const assetForms = "azureml:NAME:VERSION, azureml:NAME@LABEL or azureml://registries/REGISTRY";

/** A reference of an asset that must have the given type (`environments`, `components`). */
export function checkAssetReference(context: CheckContext, path: YamlPath, assetType: string): void {
  const text = context.string(path);
  if (text === undefined || !text.startsWith("azureml:")) return;
  const reference = checkedReference(context, path, text);
  if (!reference) return;
  if (reference.kind === "registry" && reference.assetType !== assetType) {
    const message = `'${text}' names something under '${reference.assetType}', and one of '${assetType}' is expected here.`;
    context.report("bad-reference", "error", message, path);
  } else if (!["asset", "registry", "arm-id", "expression"].includes(reference.kind)) {
    context.report("bad-reference", "error", `'${text}' cannot stand here: use ${assetForms}/${assetType}/…`, path);
  }
}

/** `compute:`: `azureml:NAME`, an ARM id, or just a name. */
export function checkCompute(context: CheckContext, path: YamlPath): void {
  const text = context.string(path);
  if (text === undefined) return;
  if (text.trim() === "") {
    return context.report(
      "bad-reference",
      "error",
      "The compute has no name. Write azureml:NAME, or remove the key to use the default target.",
      path,
    );
  }
  if (!text.startsWith("azureml:")) return;
  const reference = checkedReference(context, path, text);
  if (!reference || ["arm-id", "expression"].includes(reference.kind)) return;
  if (reference.kind !== "asset" || reference.version !== undefined || reference.label !== undefined) {
    context.report(
      "bad-reference",
      "error",
      `'${text}' is not a compute: write azureml:NAME, without version or label.`,
      path,
    );
  }
}

// What Azure's loader takes for a URL: a scheme, and a host with a dot in it.
const webUrl =
  /^(?:https?|ftps?):\/\/(?:[^\s/@]+@)?(?:[^\s/:]+\.[A-Za-z0-9-]{2,}|localhost|\[[0-9a-fA-F:.]+\]|\d+(?:\.\d+){3})(?::\d+)?(?:[/?#]\S*)?$/i;

/** `code:`: a folder or file that exists, a URL, git+…, or a code asset with a version. */
export function checkCode(context: CheckContext, path: YamlPath): void {
  const text = context.string(path);
  if (text === undefined || text.startsWith("git+") || webUrl.test(text)) return;
  if (text.startsWith("azureml:")) {
    const reference = checkedReference(context, path, text);
    if (reference?.kind === "asset" && reference.version === undefined && reference.label === undefined) {
      context.report("bad-reference", "error", `'${text}' has no version. Write azureml:NAME:VERSION.`, path);
    }
    return;
  }
  if (context.files.exists(text) === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return context.report(
      "bad-url",
      "error",
      `'${text}' is not a URL that code can come from. Use https://… or git+https://…, or a local path.`,
      path,
    );
  }
  checkLocalPath(context, path, text, { what: "code folder", missing: "error" });
}

/** `path:` of data or a model: every form of reference is taken; a local path may come later. */
export function checkDataPath(context: CheckContext, path: YamlPath, what: string): void {
  const text = context.string(path);
  if (text === undefined) return;
  const reference = checkedReference(context, path, text);
  if (reference?.kind === "local") checkLocalPath(context, path, reference.path, { what, missing: "later" });
}

/** `path:` of an output: where it is kept. A local path is one of the target, and is not looked for. */
export function checkOutputPath(context: CheckContext, path: YamlPath): void {
  const text = context.string(path);
  if (text !== undefined) checkedReference(context, path, text);
}

/** The build folder: a local folder, or a URL. */
export function checkBuildPath(context: CheckContext, path: YamlPath): boolean {
  const text = context.string(path);
  if (text === undefined || webUrl.test(text)) return false;
  return checkLocalPath(context, path, text, { what: "build folder", missing: "error" }) === "folder";
}
