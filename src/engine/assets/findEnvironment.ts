import type { EnvironmentDefinition } from "#spec/index.ts";
import type { TreeViews } from "#engine/data/treeViews.ts";
import type { Store } from "#engine/store/store.ts";
import type { Workspaces } from "#engine/workspaces/workspaces.ts";

/** A registered environment as it was when it was registered; undefined when the workspace has none of that name. */
export async function findEnvironment(
  services: { store: Store; workspaces: Workspaces; views: TreeViews },
  workspace: string,
  reference: { name: string; version?: string | undefined; label?: string | undefined },
): Promise<EnvironmentDefinition | undefined> {
  const { id: workspaceId } = await services.workspaces.row(workspace);
  const { name, version, label } = reference;
  const row = await services.store.read("asset", { workspaceId, kind: "environment", name, version, label });
  if (!row) return undefined;
  const document = JSON.parse(row.document) as {
    image?: string;
    conda_file?: unknown;
    build?: { path: string; dockerfile_path: string };
    os_type?: string;
    inference_config?: unknown;
  };
  const definition: EnvironmentDefinition = {};
  if (document.image !== undefined) definition.image = document.image;
  if (document.conda_file !== undefined) definition.conda = { text: condaText(document.conda_file) };
  if (document.build) {
    const path = row.tree === null ? document.build.path : await services.views.folder(row.tree);
    definition.build = { path, dockerfilePath: document.build.dockerfile_path };
  }
  if (document.os_type !== undefined) definition.osType = document.os_type;
  if (document.inference_config !== undefined) definition.inferenceConfig = document.inference_config;
  return definition;
}

/** JSON is YAML. */
function condaText(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}
