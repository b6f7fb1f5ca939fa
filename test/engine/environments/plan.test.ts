import { describe, expect, it } from "vitest";
import { bareName, Catalogue, readCatalogueFile } from "#engine/environments/catalogue.ts";
import { environmentReport, planEnvironment } from "#engine/environments/plan.ts";
import type { EnvironmentFacts, EnvironmentPlan, EnvironmentRequest, Relax } from "#engine/environments/request.ts";
import { machineWith } from "./facts.ts";

const machine = machineWith("3.11.7", "3.8.18", "3.10.13", "3.12.1");

function plan(
  request: EnvironmentRequest,
  more: { facts?: EnvironmentFacts; relax?: Relax; catalogue?: Catalogue } = {},
): EnvironmentPlan {
  return planEnvironment({ request, facts: machine, ...more });
}
const texts = (made: EnvironmentPlan): string[] => made.requirements.map(({ text }) => text);
const rules = (made: EnvironmentPlan): string[] => made.report.map(({ rule }) => rule);

describe("the catalogue", () => {
  it.each([
    ["azureml://registries/azureml/environments/sklearn-1.5/labels/latest", "sklearn-1.5"],
    ["azureml://registries/azureml/environments/tensorflow-2.16-cuda12/versions/6", "tensorflow-2.16-cuda12"],
    ["AzureML-sklearn-1.5@latest", "sklearn-1.5"],
    ["azureml:AzureML-acpt-pytorch-2.8-cuda12.6:1", "acpt-pytorch-2.8-cuda12.6"],
    ["AzureML-sklearn-1.0-ubuntu20.04-py38-cpu:5", "sklearn-1.0-ubuntu20.04-py38-cpu"],
    ["mcr.microsoft.com/azureml/curated/tensorflow-2.12-cuda11:latest", "tensorflow-2.12-cuda11"],
    ["mcr.microsoft.com/azureml/minimal-py312-inference:latest", "minimal-py312-inference"],
  ])("%s", (reference, name) => {
    expect(bareName(reference)).toBe(name);
    expect(new Catalogue().find(reference)?.name).toBe(name);
  });

  it("keeps pandas below 2 for sklearn-1.5, and says what Azure's tracking packages become", () => {
    const made = plan({ curated: "azureml://registries/azureml/environments/sklearn-1.5/labels/latest" });
    expect(made.python).toMatchObject({ wanted: "3.10", version: "3.10.13", exact: true });
    expect(texts(made)).toEqual(
      expect.arrayContaining(["pandas~=1.5.3", "scikit-learn~=1.5.0", "mlflow-skinny>=2.18", "pip"]),
    );
    expect(texts(made).join()).not.toContain("azureml");
    expect(rules(made)).toEqual(["curated"]);
  });

  it("has other packages where only newer Pythons are, and says so", () => {
    const made = plan({ curated: "AzureML-sklearn-1.5" }, { facts: machineWith("3.13.0") });
    expect(texts(made)).toContain("pandas~=2.2");
    expect(environmentReport(made).join("\n")).toMatch(/python-relaxed: wanted Python 3\.10, used Python 3\.13\.0.*\n/);
    expect(environmentReport(made).join("\n")).toContain("DataFrame.append does not exist in pandas 2");
  });

  it("fills the version of the name in", () => {
    expect(texts(plan({ curated: "AzureML-acpt-pytorch-2.8-cuda12.6:1" }))).toContain("torch==2.8.*");
    expect(plan({ curated: "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu:5" }).python.version).toBe("3.8.18");
  });

  it("a user's entries come first", () => {
    const text = "environments:\n  sklearn-1.5:\n    python: '3.12'\n    requirements: [scikit-learn==1.5.2]\n";
    const catalogue = new Catalogue({ userEntries: readCatalogueFile(text, "environments.yml") });
    const made = plan({ curated: "AzureML-sklearn-1.5" }, { catalogue });
    expect(texts(made)).toEqual(["scikit-learn==1.5.2", "pip"]);
    expect(made.python.version).toBe("3.12.1");
  });

  it("a user's file that is wrong is named with the place", () => {
    const read = (text: string) => () => readCatalogueFile(text, "environments.yml");
    expect(read("environments:\n  a:\n    requires: []\n")).toThrow(/environments\.yml is not valid: environments\.a/);
    expect(read("environments: [a\n")).toThrow(/environments\.yml is not valid/);
  });

  it("an unknown name is refused with what to do", () => {
    const made = plan({ curated: "azureml://registries/azureml/environments/model-evaluation/versions/24" });
    expect(made.refusals).toEqual([expect.stringContaining("environments.yml")]);
  });
});

describe("images", () => {
  it.each([
    ["mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04", "3.8.18", "image"],
    ["mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest", "3.10.13", "image"],
    ["python:3.12-slim", "3.12.1", "image"],
    ["ghcr.io/team/secret:1", "3.11.7", "image-unknown"],
  ])("%s is a plain Python, and that is said", (image, version, rule) => {
    const made = plan({ image });
    expect(made.python.version).toBe(version);
    expect(rules(made)).toEqual([rule]);
    expect(texts(made)).toEqual(["pip"]);
  });

  it("a curated image is the curated environment", () => {
    expect(texts(plan({ image: "mcr.microsoft.com/azureml/curated/tensorflow-2.16-cuda12:3" }))).toContain(
      "tensorflow==2.16.2",
    );
  });

  it("under a conda file an image gives nothing but its name to report, as on Azure", () => {
    const made = plan({
      image: "mcr.microsoft.com/azureml/curated/sklearn-1.5:3",
      condaFile: "dependencies:\n - python=3.12\n - pip:\n   - numpy\n",
    });
    expect(texts(made)).toEqual(["numpy", "pip", "setuptools<81", "wheel"]);
    expect(made.python.version).toBe("3.12.1");
    expect(made.report[0]).toMatchObject({ rule: "image", used: "a Python environment of the conda file alone" });
  });
});

describe("Python", () => {
  const asked = (version: string, more: Parameters<typeof plan>[1] = {}): EnvironmentPlan =>
    plan({ condaFile: `dependencies:\n - python${version}\n - pip=20.2\n` }, more);

  it.each([
    ["=3.8", "3.8.18", []],
    ["=3.8.5", "3.8.18", ["python-patch"]],
    [">=3.8,<3.11", "3.8.18", []],
    ["=3.7.9", "3.8.18", ["python-relaxed", "pip-pin"]],
    ["=3.9", "3.10.13", ["python-relaxed", "pip-pin"]],
    ["=3.13", "3.12.1", ["python-relaxed", "pip-pin"]],
    ["", "3.11.7", []],
  ])("python%s becomes %s", (wanted, version, expected) => {
    const made = asked(wanted);
    expect(made.python.version).toBe(version);
    expect(rules(made).filter((rule) => rule !== "conda-to-pip")).toEqual(expected);
  });

  it("is refused with what there is when nothing may be relaxed", () => {
    expect(asked("=3.9", { relax: "off" }).refusals).toEqual([
      "Python 3.9 is not on the machine (it has: 3.11.7, 3.8.18, 3.10.13, 3.12.1)",
    ]);
    expect(asked("=3.9", { facts: machineWith() }).refusals).toEqual([
      "Python 3.9 is not on the machine (it has: none)",
    ]);
  });

  it("pins stay where only Python may be relaxed", () => {
    const made = plan({ requirements: ["a==1.1.2"] }, { relax: "python" });
    expect(made.requirements[0]).toEqual({ text: "a==1.1.2", name: "a" });
  });

  it("somebody's virtual environment is no base", () => {
    const facts = machineWith("3.11.7", "3.10.13");
    const [first, ...others] = facts.interpreters;
    const made = plan(
      { requirements: [] },
      { facts: { ...facts, interpreters: [{ ...first!, virtual: true }, ...others] } },
    );
    expect(made.python.version).toBe("3.10.13");
  });
});

describe("keys", () => {
  const key = (request: EnvironmentRequest, facts = machine): string => plan(request, { facts }).key;

  it("follow the content and nothing else", () => {
    const base = key({ requirements: ["numpy"] });
    expect(key({ requirements: ["numpy"], label: "another name" })).toBe(base);
    expect(key({ requirements: ["numpy", "# a note"] })).toBe(base);
    expect(key({ requirements: ["numpy<2"] })).not.toBe(base);
    expect(key({ requirements: ["numpy"] }, machineWith("3.11.8"))).not.toBe(base);
    expect(key({ requirements: ["numpy"] }, { ...machine, arch: "aarch64" })).not.toBe(base);
    expect(key({ requirements: ["--extra-index-url https://a/simple", "numpy"] })).not.toBe(base);
  });

  it("do not follow a password", () => {
    const indexed = (secret: string): string =>
      key({ requirements: [`--index-url https://me:${secret}@a/simple`, "numpy"] });
    expect(indexed("one")).toBe(indexed("two"));
  });
});

describe("an interpreter as it is", () => {
  it("is the machine's default, or the one that was chosen", () => {
    expect(plan({ localPython: true })).toMatchObject({
      kind: "interpreter",
      python: { version: "3.11.7" },
      refusals: [],
    });
    expect(plan({ localPython: "/opt/python/3.8.18/bin/python" }).python.version).toBe("3.8.18");
    expect(plan({ localPython: true }, { facts: machineWith() }).refusals).toHaveLength(1);
  });
});
