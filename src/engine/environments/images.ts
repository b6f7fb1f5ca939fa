import type { Catalogue, CuratedEnvironment } from "./catalogue.ts";
import { bareName, pythonOfName } from "./catalogue.ts";

/** What a container image comes to without a container. */
export interface ImageMeaning {
  /** Python version in the image; null when not known. */
  python: string | null;
  curated?: CuratedEnvironment;
  requirements: readonly string[];
  /** False when nothing is known of the image: only its name is ours to report. */
  known: boolean;
}

/** Python of Azure's base images by Ubuntu release. */
const baseImages: readonly (readonly [RegExp, string])[] = [
  [/ubuntu18\.04/, "3.8"],
  [/ubuntu20\.04/, "3.8"],
  [/ubuntu22\.04/, "3.10"],
  [/ubuntu24\.04/, "3.12"],
];

/** Reads the meaning of an image reference. */
export function meaningOfImage(image: string, catalogue: Catalogue): ImageMeaning {
  const azure = /^mcr\.microsoft\.com\/azureml\//.test(image);
  if (azure) {
    const curated = catalogue.find(image);
    if (curated) return { python: curated.python, curated, requirements: [], known: true };
    const name = bareName(image);
    const base = /^(openmpi|intelmpi|base|o16n-base)/.test(name);
    const python = pythonOfName(name) ?? baseImages.find(([pattern]) => pattern.test(name))?.[1] ?? null;
    return { python, requirements: [], known: base };
  }
  const [, repository = "", tag = ""] = /^(?:docker\.io\/)?(?:library\/)?([^:@]+)(?::([^@]+))?/.exec(image) ?? [];
  const version = /^\d+(?:\.\d+){0,2}/.exec(tag)?.[0];
  switch (repository) {
    case "python":
      return { python: version ?? null, requirements: [], known: true };
    case "pytorch/pytorch":
      return { python: null, requirements: [version === undefined ? "torch" : `torch==${version}`], known: true };
    case "tensorflow/tensorflow":
      return {
        python: null,
        requirements: [version === undefined ? "tensorflow" : `tensorflow==${version}`],
        known: true,
      };
    case "continuumio/miniconda3":
    case "condaforge/miniforge3":
    case "mambaorg/micromamba":
    case "ubuntu":
    case "debian":
      return { python: null, requirements: [], known: true };
    default:
      return { python: null, requirements: [], known: false };
  }
}
