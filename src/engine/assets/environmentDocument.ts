import type { LoadedEnvironment } from "#spec/index.ts";
import { plainOf } from "#spec/yaml/node.ts";
import { plainData } from "#spec/load/parts.ts";
import { parseYaml } from "#spec/yaml/parse.ts";

/**
 * An environment by its YAML keys, whole: the conda file's content stands in it, as `az ml environment show` prints it,
 * so that it can be made again when the file is gone.
 */
export function environmentDocument(
  environment: Omit<LoadedEnvironment, "kind" | "name" | "tags">,
): Record<string, unknown> {
  const { image, conda, build, osType, inferenceConfig } = environment;
  return {
    ...(image === undefined ? {} : { image }),
    ...(conda === undefined ? {} : { conda_file: condaContent(conda.text) }),
    ...(build === undefined ? {} : { build: { path: build.path, dockerfile_path: build.dockerfilePath } }),
    os_type: osType ?? "linux",
    ...(inferenceConfig === undefined ? {} : { inference_config: inferenceConfig }),
  };
}

/** A conda file that cannot be read as YAML stays text: the build says what is wrong with it. */
function condaContent(text: string): unknown {
  const { root, problems } = parseYaml(text);
  return root && !problems.some(({ severity }) => severity === "error") ? plainData(plainOf(root)) : text;
}
