import { createHash } from "node:crypto";
import type { BuildContext } from "./buildContext.ts";
import type { CondaPart } from "./imageBuild.ts";

/** A container as it was planned at the submit; kept with the job as JSON. */
export interface ContainerPlan {
  /** The image as the YAML names it, or the name of what is built. */
  image: string;
  /** Id of an image that was there at the submit: that very one is run. */
  id: string | null;
  build: BuildContext | null;
  conda: CondaPart | null;
  /** Options that `resources` asks for. */
  resources: readonly string[];
}

/** Content hash of what decides what is in the image. */
export function containerKey({ image, id, build, conda }: ContainerPlan): string {
  const parts = JSON.stringify([id ?? image, build?.digest ?? null, conda?.text ?? null, conda?.files ?? null]);
  return createHash("sha256").update(parts).digest("hex");
}
