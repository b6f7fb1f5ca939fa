import { describe, expect, it } from "vitest";
import { readCondaFile } from "#engine/environments/condaFile.ts";
import { mapCondaPackages } from "#engine/environments/condaRequirements.ts";
import { parseCondaSpec } from "#engine/environments/condaSpec.ts";

describe("conda specifications", () => {
  it.each([
    ["numpy", "numpy", "", ""],
    ["numpy=1.21.2", "numpy", "==1.21.2.*", ""],
    ["numpy==1.21.2", "numpy", "==1.21.2", ""],
    ["numpy 1.21.2", "numpy", "==1.21.2", ""],
    ["numpy=1.21", "numpy", "==1.21.*", ""],
    ["numpy=1.21.*", "numpy", "==1.21.*", ""],
    ["numpy=1.21=py38_0", "numpy", "==1.21.*", "py38_0"],
    ["numpy==1.21.2=py38hd1a_0", "numpy", "==1.21.2", "py38hd1a_0"],
    ["numpy 1.21.2 py38_0", "numpy", "==1.21.2", "py38_0"],
    ["pandas>=1.1,<1.2", "pandas", ">=1.1,<1.2", ""],
    ["pandas >= 1.1, < 1.2", "pandas", ">=1.1,<1.2", ""],
    ["pip<=22.0.4", "pip", "<=22.0.4", ""],
    ["conda-forge::Scipy!=1.7", "scipy", "!=1.7", ""],
    ["scipy[version='>=1.7']", "scipy", ">=1.7", ""],
    ["python=3.8", "python", "==3.8.*", ""],
    ["scipy=*", "scipy", "", ""],
  ])("%s", (text, name, versions, build) => {
    expect(parseCondaSpec(text)).toMatchObject({ name, versions, build });
  });

  it.each(["numpy=1.2|1.3", "-c evil", "--prefix=/", ""])("no form for pip: %s", (text) => {
    expect(parseCondaSpec(text)?.versions).toBeUndefined();
  });
});

describe("conda packages", () => {
  const map = (...packages: string[]): ReturnType<typeof mapCondaPackages> =>
    mapCondaPackages(packages, { mayRelax: true, programs: ["git"] });

  it("takes packages from the Python package index, renamed where needed", () => {
    const { requirements, python, report, refusals } = map("python=3.8.5", "pytorch=1.13.1", "opencv", "numpy>=1.2");
    expect(python).toBe("3.8.5");
    expect(requirements).toEqual([
      { text: "torch==1.13.1.*", name: "torch", relaxed: "torch~=1.13.1" },
      { text: "opencv-python-headless", name: "opencv-python-headless" },
      { text: "numpy>=1.2", name: "numpy" },
    ]);
    expect(report[0]?.used).toContain("pytorch is torch");
    expect(refusals).toEqual([]);
  });

  it("never drops a package in silence", () => {
    const { requirements, report, refusals } = map(
      "cudatoolkit=11.3",
      "git",
      "ffmpeg",
      "r-base=4.1",
      "libsodium",
      "x=1|2",
    );
    expect(requirements).toEqual([]);
    expect(report.map(({ rule, wanted }) => [rule, wanted])).toEqual([
      ["program-of-machine", "git"],
      ["conda-library", "cudatoolkit=11.3"],
    ]);
    expect(refusals).toHaveLength(4);
    expect(refusals[0]).toContain('"ffmpeg"');
  });

  it("keeps a range of Python versions", () => {
    expect(map("python>=3.8,<3.11").python).toBe(">=3.8,<3.11");
    expect(map("python").python).toBeNull();
  });
});

describe("conda files", () => {
  it("keeps every scalar as text", () => {
    const file = readCondaFile(
      "name: 1.10\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n  - pip:\n    - a==1.0\n",
    );
    expect(file).toEqual({ name: "1.10", channels: ["conda-forge"], packages: ["python=3.10"], pip: ["a==1.0"] });
  });

  it.each([
    ["name: x\n", 1, /dependencies/],
    ["dependencies:\n  - a\n  - {b: 1}\n", 3, /dependency/],
    ["dependencies:\n  - pip:\n    - [a]\n", 3, /one line/],
    ["dependencies: [a\n", 2, /./],
    ["- a\n", 1, /mapping/],
    ["dependencies:\n - a\ndependencies:\n - b\n", 3, /unique/i],
  ])("says where %j is wrong", (text, line, message) => {
    let thrown: unknown;
    try {
      readCondaFile(text);
    } catch (failure) {
      thrown = failure;
    }
    expect(thrown).toMatchObject({
      code: "invalid-document",
      details: { problems: [{ line, message: expect.stringMatching(message) }] },
    });
  });
});
