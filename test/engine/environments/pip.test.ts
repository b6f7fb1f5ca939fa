import { describe, expect, it } from "vitest";
import { readDockerfile } from "#engine/environments/dockerfile.ts";
import { readPipLines } from "#engine/environments/pipLines.ts";
import { parseRequirement } from "#engine/environments/requirement.ts";

describe("requirements", () => {
  it.each([
    ["scikit-learn==1.1.2", "scikit-learn~=1.1.2"],
    ["Scikit_Learn[all] == 1.1.2 ; python_version < '3.12'", "Scikit_Learn[all]~=1.1.2 ; python_version < '3.12'"],
    ["pandas==1.4", "pandas~=1.4.0"],
    ["opencv-python==4.5.5.64", "opencv-python~=4.5.5"],
    ["a==1.2.3.*", "a~=1.2.3"],
    ["a==1.2.*", undefined],
    ["a==5", undefined],
    ["a>=1", undefined],
    ["a==1.0rc1", undefined],
    ["a==1.2,!=1.2.1", undefined],
    ["a @ https://example.org/a.whl", undefined],
  ])("the compatible release of %s", (text, relaxed) => {
    expect(parseRequirement(text, true)?.relaxed).toBe(relaxed);
    expect(parseRequirement(text, false)?.relaxed).toBeUndefined();
  });

  it("is undefined for what is none", () => {
    for (const text of ["!", "a b c", "a=1.0", "=="]) expect(parseRequirement(text, true), text).toBeUndefined();
  });
});

describe("pip lines", () => {
  const read = (lines: string[], files: Record<string, string> = {}): ReturnType<typeof readPipLines> =>
    readPipLines(lines, { mayRelax: false, files, from: "the conda file" });

  it("follows -r and -c to the files beside it", () => {
    const files = {
      "requirements.txt": "numpy\n-c limits.txt\n# a note\nscipy \\\n  >=1.0  # why\n",
      "limits.txt": "numpy<2\n",
    };
    const { requirements, constraints, refusals } = read(["-r ./requirements.txt", "pandas"], files);
    expect(requirements.map(({ text }) => text.replace(/\s+/g, ""))).toEqual(["numpy", "scipy>=1.0", "pandas"]);
    expect(constraints).toEqual(["numpy<2"]);
    expect(refusals).toEqual([]);
  });

  it("takes index options, as words or joined", () => {
    const { options, variables } = read([
      "--extra-index-url=https://a/simple",
      "-i https://b/simple",
      "--pre",
      "--trusted-host a",
    ]);
    expect(options).toEqual(["--extra-index-url https://a/simple", "--index-url https://b/simple"]);
    expect(variables).toEqual({
      UV_INDEX_STRATEGY: "unsafe-best-match",
      UV_PRERELEASE: "allow",
      UV_INSECURE_HOST: "a",
    });
  });

  it("gives a git address its name", () => {
    expect(read(["-e git+https://example.org/x.git@v1#egg=My_Pack"]).requirements).toEqual([
      { text: "My_Pack @ git+https://example.org/x.git@v1", name: "my-pack" },
    ]);
  });

  it.each([
    "-e .",
    "./local",
    "/abs/x.whl",
    "-r missing.txt",
    "--install-option=x",
    "--python /bin/sh",
    "a=1",
    "pack.whl",
  ])("refuses %s with the line in the reason", (line) => {
    const { refusals, requirements, options } = read([line]);
    expect(refusals).toHaveLength(1);
    expect([...requirements, ...options]).toEqual([]);
  });

  it("keeps hashes, and a pin that has one does not move", () => {
    const hash = `sha256:${"0a".repeat(32)}`;
    const lines = [`numpy==1.21.2 --hash=${hash} \\\n  --hash=${hash}`];
    expect(readPipLines(lines, { mayRelax: true, files: {}, from: "x" }).requirements).toEqual([
      { text: "numpy==1.21.2", name: "numpy", hashes: [hash, hash] },
    ]);
  });

  it("ends a file that includes itself", () => {
    expect(read(["-r a.txt"], { "a.txt": "-r a.txt\n" }).refusals).toEqual(['"-r a.txt" in a.txt includes itself']);
  });
});

describe("Dockerfiles", () => {
  it("carries pip and conda commands over and lists the rest", () => {
    const text = [
      "FROM python:3.9 AS build",
      "RUN pip install left-behind",
      "FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04",
      "ENV A=1",
      "# a note",
      "COPY requirements.txt /tmp/build/",
      "COPY env/conda.yml /conda.yml",
      "RUN apt-get update && \\",
      "    apt-get install -y git",
      "RUN python -m pip install --no-cache-dir -r /tmp/build/requirements.txt 'numpy>=1.2' && rm -rf /tmp/build",
      "RUN conda env create -f /conda.yml",
      "RUN conda install -y -c conda-forge scipy=1.7",
      'CMD ["bash"]',
    ].join("\n");
    expect(readDockerfile(text, ["requirements.txt", "env/conda.yml"])).toEqual({
      image: "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04",
      pipLines: ["-r requirements.txt", "numpy>=1.2"],
      condaFiles: ["env/conda.yml"],
      condaPackages: ["scipy=1.7"],
      leftOut: ["ENV A=1", "apt-get update", "apt-get install -y git"],
    });
  });
});
