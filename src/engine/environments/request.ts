/** What a job asks for. The parts add up, as in Azure ML: an image's packages, then the conda file's, then the pip lines. */
export interface EnvironmentRequest {
  /** The name that people see (`sklearn-env:3`). */
  label?: string;
  /** A container image. Without a container, what it stands for is made as a Python environment. */
  image?: string;
  /** Text of the conda file. */
  condaFile?: string;
  /** Lines as in a requirements file. */
  requirements?: readonly string[];
  /** Reference to a curated environment: `azureml://registries/azureml/environments/sklearn-1.5/labels/latest`, `AzureML-sklearn-1.5:3`. */
  curated?: string;
  /** Text of a build context's Dockerfile; what it installs with pip or conda is read from it. */
  dockerfile?: string;
  /** The folder of that Dockerfile on this machine, and its path in there. */
  buildContext?: { folder: string; dockerfile: string };
  /** Texts of files beside the conda file or Dockerfile, by relative path, for `-r` and `COPY`. */
  files?: Readonly<Record<string, string>>;
  /** Use an interpreter as it is: its path, or `true` for the machine's default one. Excludes the other parts. */
  localPython?: string | true;
}

/** How far a plan may go from what was asked. Every step that is taken is reported. */
export type Relax =
  /** Exact Python minor version, pins as written. */
  | "off"
  /** The nearest Python minor version that the machine has. */
  | "python"
  /** As `python`; and a pin without a wheel for the chosen Python moves to its compatible release (`==1.1.2` to `~=1.1.2`). */
  | "pins";

export interface ReportLine {
  /** Name of the rule in `docs/guides/environments.md`. */
  rule: string;
  wanted: string;
  used: string;
  why: string;
}

export interface Interpreter {
  /** Absolute path, as the interpreter itself gives it. */
  path: string;
  /** `3.11.7` */
  version: string;
  implementation: string;
  prefix: string;
  /** True inside a virtual environment. */
  virtual: boolean;
  /** Where it was found: `setting`, `PATH`, `pyenv`, `conda`, `uv`, `system`. */
  source: string;
}

/** What a machine told about itself. */
export interface EnvironmentFacts {
  os: string;
  arch: string;
  libc: string;
  libc_version: string;
  /** Conda's names of programs that are there already (`git`, `graphviz`…). */
  programs: readonly string[];
  /** Best source first. */
  interpreters: readonly Interpreter[];
}

export interface PlannedRequirement {
  /** The line as it goes to the solver. */
  text: string;
  /** Normalized project name; absent for a bare URL. */
  name?: string;
  /** The line to use when no wheel of the pinned version runs. */
  relaxed?: string;
  /** The only files that may be installed for it (`sha256:…`). */
  hashes?: readonly string[];
}

export interface EnvironmentPlan {
  /** `build`: made with uv under `key`. `interpreter`: used as it is. */
  kind: "build" | "interpreter";
  /** Content hash of all that decides what is installed, platform and Python version included. */
  key: string;
  label: string;
  python: {
    /** As asked for: `3.8`, `3.8.5`, `>=3.8,<3.11`; null when nothing was asked. */
    wanted: string | null;
    /** Absolute path; empty when no Python can be used (then there is a refusal). */
    path: string;
    version: string;
    source: string;
    /** False when another minor version than wanted is used. */
    exact: boolean;
  };
  requirements: readonly PlannedRequirement[];
  /** Index options of the requirement lines (`--extra-index-url …`). May hold credentials: never shown. */
  options: readonly string[];
  constraints: readonly string[];
  /** Variables for uv that stand for options without a place in a requirements file. */
  variables: Readonly<Record<string, string>>;
  report: readonly ReportLine[];
  /** The exact packages, when they are given and not to be solved for: nothing else may be installed. */
  lock?: string;
  /** Why it cannot be made. Empty when it can. */
  refusals: readonly string[];
}
