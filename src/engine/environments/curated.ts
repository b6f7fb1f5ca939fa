import type { CatalogueEntry } from "./catalogueEntry.ts";

/** Part of every key that a catalogue entry goes into: raise it when what an entry stands for changes. */
export const catalogueVersion = 1;

const tracking = "mlflow-skinny>=2.18";
/** What Azure's images have and what is here instead; see `docs/guides/environments.md`. */
const trackingSubstitution = {
  wanted: "azureml-mlflow, azureml-core, azureml-defaults",
  used: tracking,
  why: "tracking is plain MLflow here; a script that imports azureml.core lists it in its own conda file",
};
const interactive = ["ipykernel~=6.29", "psutil", "tqdm"];
const science = ["pandas~=1.5.3", "numpy~=1.22", "scipy~=1.10", "joblib~=1.2", "matplotlib~=3.5"];
/** For Python 3.12 and newer, which pandas 1 does not run on. */
const newerScience = ["pandas~=2.2", "numpy~=1.26", "scipy~=1.11", "joblib~=1.2", "matplotlib~=3.8"];
const newerNote = {
  wanted: "pandas~=1.5.3",
  used: "pandas~=2.2",
  why: "pandas 1 has no build for Python 3.12 and newer; DataFrame.append does not exist in pandas 2",
};
const inference = ["azureml-inference-server-http~=1.4", "inference-schema[numpy-support]~=1.8"];

/** Azure ML's curated environments, as sets of requirements. `{version}` is the version in the environment's own name. */
export const curatedEnvironments: readonly CatalogueEntry[] = [
  {
    name: "sklearn-1.5",
    pattern: "^(sklearn|scikit-learn)-1\\.5",
    python: "3.10",
    variants: [
      { python: "<3.12", requirements: [...science, "scikit-learn~=1.5.0", "tensorboard", tracking, ...interactive] },
      {
        python: ">=3.12",
        requirements: [...newerScience, "scikit-learn~=1.5.0", "tensorboard", tracking, ...interactive],
        notes: [newerNote],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "sklearn-1.{minor}",
    pattern: "^(?:sklearn|scikit-learn)-(?<version>1\\.[0-46-9])",
    python: "3.8",
    variants: [
      {
        python: "<3.12",
        requirements: ["pandas<2", "numpy<2", "scipy", "joblib", "matplotlib", "scikit-learn=={version}.*", tracking],
      },
      {
        python: ">=3.12",
        requirements: ["pandas", "numpy", "scipy", "joblib", "matplotlib", "scikit-learn=={version}.*", tracking],
        notes: [newerNote],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "sklearn-0.24",
    pattern: "^(?:sklearn|scikit-learn)-(?<version>0\\.2\\d)",
    python: "3.7",
    variants: [
      {
        requirements: [
          "pandas<2",
          "numpy<1.24",
          "scipy",
          "joblib",
          "matplotlib",
          "scikit-learn=={version}.*",
          "mlflow-skinny",
        ],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "lightgbm-3.3",
    pattern: "^lightgbm-3",
    python: "3.10",
    variants: [
      {
        python: "<3.12",
        requirements: [
          ...science,
          "scikit-learn~=1.5.0",
          "lightgbm>=4.6",
          "xgboost~=1.7.6",
          "tensorboard",
          tracking,
          ...interactive,
        ],
      },
      {
        python: ">=3.12",
        requirements: [
          ...newerScience,
          "scikit-learn~=1.5.0",
          "lightgbm>=4.6",
          "xgboost~=1.7.6",
          "tensorboard",
          tracking,
          ...interactive,
        ],
        notes: [newerNote],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "xgboost-{version}",
    pattern: "^xgboost-(?<version>\\d+\\.\\d+)",
    python: "3.10",
    variants: [
      { python: "<3.12", requirements: [...science, "scikit-learn~=1.5.0", "xgboost=={version}.*", tracking] },
      {
        python: ">=3.12",
        requirements: [...newerScience, "scikit-learn~=1.5.0", "xgboost=={version}.*", tracking],
        notes: [newerNote],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "tensorflow-2.16-cuda12",
    pattern: "^tensorflow-2\\.16",
    python: "3.10",
    variants: [
      {
        requirements: [
          "tensorflow==2.16.2",
          "keras~=3.4",
          "pandas~=2.2.2",
          "numpy~=1.26",
          "scikit-learn~=1.5.0",
          "matplotlib",
          tracking,
          ...interactive,
        ],
      },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "tensorflow-{version}",
    pattern: "^tensorflow-(?<version>2\\.\\d+)",
    python: "3.10",
    variants: [
      { requirements: ["tensorflow=={version}.*", "pandas", "scikit-learn", "matplotlib", tracking, ...interactive] },
    ],
    notes: [trackingSubstitution],
  },
  {
    name: "acpt-pytorch-{version}",
    pattern: "^(?:acpt-|acft-)?pytorch-(?<version>\\d+\\.\\d+)",
    python: "3.10",
    variants: [
      {
        requirements: [
          "torch=={version}.*",
          "torchvision",
          "pandas",
          "numpy",
          "scikit-learn",
          "matplotlib",
          "tensorboard",
          tracking,
          ...interactive,
        ],
      },
    ],
    notes: [
      trackingSubstitution,
      {
        wanted: "DeepSpeed, ONNX Runtime training, Nebula",
        used: "plain PyTorch",
        why: "these are built into the container image; list what a script needs in its own conda file",
      },
    ],
  },
  {
    name: "responsibleai-tabular",
    pattern: "^responsibleai",
    python: "3.9",
    variants: [{ requirements: ["responsibleai", "raiwidgets", "pandas<2.2", "scikit-learn<1.6", tracking] }],
    notes: [trackingSubstitution],
  },
  {
    name: "mlflow-inference",
    pattern: "^mlflow-(?:ubuntu|py)",
    python: "3.10",
    variants: [{ requirements: ["mlflow", ...inference] }],
  },
  {
    name: "minimal-inference",
    pattern: "^minimal-.*inference",
    python: "3.10",
    variants: [{ requirements: inference }],
  },
  {
    name: "python-sdk-v2",
    pattern: "^python-sdk-v2",
    python: "3.10",
    variants: [{ requirements: ["azure-ai-ml", "mltable", "azure-identity", tracking] }],
    notes: [trackingSubstitution],
  },
  {
    name: "minimal",
    pattern: "^minimal(?:-|$)",
    python: "3.10",
    variants: [{ requirements: [] }],
  },
];
