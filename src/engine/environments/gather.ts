import { type Catalogue, type CuratedEnvironment, isCuratedReference } from "./catalogue.ts";
import { readCondaFile } from "./condaFile.ts";
import { mapCondaPackages } from "./condaRequirements.ts";
import { type DockerfileMeaning, readDockerfile } from "./dockerfile.ts";
import { meaningOfImage } from "./images.ts";
import { readPipLines } from "./pipLines.ts";
import type { EnvironmentFacts, EnvironmentRequest, PlannedRequirement, ReportLine } from "./request.ts";

/** The parts of a request, brought together; the Python is not chosen yet. */
export interface Gathered {
  label: string;
  /** Wanted Python and the part that wants it. */
  python: string | null;
  curated: CuratedEnvironment | undefined;
  /** Conda brings pip, setuptools and wheel along with Python. */
  fromConda: boolean;
  requirements: PlannedRequirement[];
  options: string[];
  constraints: string[];
  variables: Record<string, string>;
  report: ReportLine[];
  refusals: string[];
}

/** Reads every part of the request. Throws `invalid-document` for a malformed conda file. */
export function gather(
  request: EnvironmentRequest,
  facts: EnvironmentFacts,
  catalogue: Catalogue,
  mayRelax: boolean,
): Gathered {
  const gathered: Gathered = {
    label: request.label ?? request.curated ?? request.image ?? "",
    python: null,
    curated: undefined,
    fromConda: false,
    requirements: [],
    options: [],
    constraints: [],
    variables: {},
    report: [],
    refusals: [],
  };
  const files = request.files ?? {};
  const context = { mayRelax, programs: facts.programs, files };
  const docker = request.dockerfile === undefined ? undefined : readDockerfile(request.dockerfile, Object.keys(files));
  const condaTexts = [request.condaFile, ...(docker?.condaFiles ?? []).map((path) => files[path])];
  const hasConda = condaTexts.some((text) => text !== undefined);

  if (request.curated !== undefined) addCurated(gathered, request.curated, catalogue);
  const image = request.image ?? docker?.image;
  if (image !== undefined && image !== "") addImage(gathered, image, catalogue, hasConda, mayRelax);
  if (docker) addDockerfile(gathered, docker, files, context);
  for (const text of condaTexts) if (text !== undefined) addConda(gathered, text, context);
  addPip(gathered, docker?.pipLines ?? [], { ...context, from: "the Dockerfile" });
  addPip(gathered, request.requirements ?? [], { ...context, from: "the requirements" });
  return gathered;
}

function addCurated(gathered: Gathered, reference: string, catalogue: Catalogue): void {
  const curated = catalogue.find(reference);
  if (curated) {
    gathered.curated = curated;
    gathered.python = curated.python;
    return;
  }
  const kind = isCuratedReference(reference) ? "curated environment of Azure" : "environment";
  gathered.refusals.push(
    `${reference} is no ${kind} that the catalogue knows; add it to environments.yml or give the job an image or conda file`,
  );
}

function addImage(gathered: Gathered, image: string, catalogue: Catalogue, hasConda: boolean, mayRelax: boolean): void {
  const meaning = meaningOfImage(image, catalogue);
  gathered.python ??= meaning.python;
  // As on Azure: a conda file makes an environment of its own, the image's Python packages are not in it.
  if (!hasConda) {
    gathered.curated ??= meaning.curated;
    gathered.requirements.push(
      ...readPipLines(meaning.requirements, { mayRelax, files: {}, from: image }).requirements,
    );
  }
  const contents = hasConda ? "the conda file alone" : (meaning.curated?.name ?? meaning.requirements.join(" "));
  gathered.report.push({
    rule: meaning.known ? "image" : "image-unknown",
    wanted: image,
    used: contents === "" ? "a plain Python environment" : `a Python environment of ${contents}`,
    why: meaning.known
      ? "no container is used: system packages of the image are those of the machine"
      : "no container is used, and what is in this image is not known: list its packages in a conda file",
  });
}

interface Context {
  mayRelax: boolean;
  programs: readonly string[];
  files: Readonly<Record<string, string>>;
}

function addDockerfile(
  gathered: Gathered,
  docker: DockerfileMeaning,
  files: Readonly<Record<string, string>>,
  context: Context,
): void {
  for (const path of docker.condaFiles) {
    if (files[path] === undefined) gathered.refusals.push(`The Dockerfile uses "${path}", which is not beside it`);
  }
  if (docker.condaPackages.length > 0) addCondaPackages(gathered, docker.condaPackages, context);
  gathered.report.push({
    rule: "build-context",
    wanted: "an image built from a Dockerfile",
    used: "the Python packages that it installs",
    why: "no container is used",
  });
  if (docker.leftOut.length > 0) {
    gathered.report.push({
      rule: "dockerfile-left-out",
      wanted: docker.leftOut.join("; "),
      used: "nothing",
      why: "only pip and conda commands of a Dockerfile are carried over",
    });
  }
}

function addConda(gathered: Gathered, text: string, context: Context): void {
  const conda = readCondaFile(text);
  gathered.label ||= conda.name;
  gathered.fromConda = true;
  addCondaPackages(gathered, conda.packages, context);
  addPip(gathered, conda.pip, { ...context, from: "the conda file" });
}

function addCondaPackages(gathered: Gathered, packages: readonly string[], context: Context): void {
  const mapped = mapCondaPackages(packages, context);
  gathered.python = mapped.python ?? gathered.python;
  gathered.requirements.push(...mapped.requirements);
  gathered.report.push(...mapped.report);
  gathered.refusals.push(...mapped.refusals);
}

function addPip(gathered: Gathered, lines: readonly string[], context: Context & { from: string }): void {
  const read = readPipLines(lines, context);
  gathered.requirements.push(...read.requirements);
  gathered.options.push(...read.options);
  gathered.constraints.push(...read.constraints);
  gathered.refusals.push(...read.refusals);
  Object.assign(gathered.variables, read.variables);
}
