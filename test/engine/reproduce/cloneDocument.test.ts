import { describe, expect, it } from "vitest";
import { diskFiles } from "#engine/jobs/diskFiles.ts";
import { cloneDocument } from "#engine/reproduce/cloneDocument.ts";
import { load } from "#spec/index.ts";

type Parts = Parameters<typeof cloneDocument>[0];

function parts(plan: Record<string, unknown>, more: { row?: object; lock?: string; code?: string } = {}): Parts {
  const row = {
    ...{ name: "run", display_name: "a run", experiment_name: "tests", description: null, compute: "local" },
    ...{ tags: '{"team":"vision","slipway.reproduces":"x"}', properties: '{"mine":"1","azureml.git.commit":"abc"}' },
    ...more.row,
  };
  const kept = {
    ...{ command: "python train.py", inputs: {}, outputs: {}, environmentVariables: {} },
    environment: { asked: { kind: "reference", given: "azureml:env:1" } },
    ...{ shown: { resources: null, limits: null, distribution: null, identity: null, queue_settings: null } },
    ...plan,
  };
  return { row, plan: kept, lock: more.lock ?? null, code: more.code ?? null } as unknown as Parts;
}

/** The document as the loader reads it. */
function loaded(document: Parts) {
  const text = cloneDocument(document);
  const { document: job, problems } = load(text, {
    path: "/work/job.yml",
    files: diskFiles,
    overrides: [],
    expect: "job",
  });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  if (job?.kind !== "job:command") throw new Error(`no command job: ${text}`);
  return job;
}

describe("the job file of a record", () => {
  const texts = [
    ...["40", "0.25", "1.0", "0.10", "1e-05", "0.00001", "-3", "-0", "007", "1_000", "12345678901234567890"],
    ...["True", "False", "true", "yes", "No", "null", "~", "None", "", " a ", "2024-01-31", "12:30:45", "0x10", ".5"],
    ...[
      "inf",
      ".inf",
      "nan",
      "a: b",
      "# no comment",
      "- x",
      "{a: 1}",
      "[1]",
      "*x",
      "&x",
      "!x",
      "'",
      '"',
      "a\nb",
      "ümläut",
    ],
    ...["1.10", "123456789.123456789", "0.0001", "100.5"],
  ];

  it.each(texts)("prints the literal %j as it was", (value) => {
    const { inputs } = loaded(parts({ inputs: { x: { kind: "literal", value } } }));
    expect(inputs["x"]).toMatchObject({ kind: "literal", text: value });
  });

  it("writes numbers and booleans as such, so that a form and a person see what they are", () => {
    const inputs = {
      lr: { kind: "literal", value: "0.1" },
      epochs: { kind: "literal", value: "3" },
      shuffle: { kind: "literal", value: "True" },
    };
    expect(cloneDocument(parts({ inputs }))).toContain("  lr: 0.1\n  epochs: 3\n  shuffle: true\n");
  });

  it("keeps data, outputs, variables and tags of the person, and drops what a submit makes by itself", () => {
    const job = loaded(
      parts({
        inputs: { d: { kind: "data", type: "uri_file", path: "azureml:digits@latest", mode: "download" } },
        outputs: { o: { type: "uri_folder", mode: "upload", path: null, name: "kept", version: "7" } },
        environmentVariables: { FLAG: "yes", N: "1.0" },
      }),
    );
    expect(job.inputs["d"]).toMatchObject({ type: "uri_file", path: "azureml:digits@latest", mode: "download" });
    expect(job.outputs).toEqual({ o: { type: "uri_folder", mode: "upload", name: "kept" } });
    expect(job.environmentVariables).toEqual({ FLAG: "yes", N: "1.0" });
    expect(job.tags).toEqual({ team: "vision" });
    expect(job.properties).toEqual({ mine: "1" });
  });

  it("holds the text of a conda file, so that the file itself is not needed", () => {
    const text = "name: e\ndependencies:\n  - python=3.10\n  - pip:\n      - numpy==1.26.4\n";
    const asked = { kind: "inline", image: "mcr.example/base", conda: { text, path: "/gone/conda.yml" } };
    const { environment } = loaded(parts({ environment: { asked } }));
    expect(environment).toMatchObject({ kind: "inline", image: "mcr.example/base" });
    expect(JSON.parse((environment as { conda: { text: string } }).conda.text)).toEqual({
      name: "e",
      dependencies: ["python=3.10", { pip: ["numpy==1.26.4"] }],
    });
  });

  it("lists the recorded packages of a plain script, which named no environment", () => {
    const document = parts(
      { environment: { asked: null, python: "3.11.7 (/usr/bin/python3)" } },
      { lock: "numpy==1.26.4 \\\n    --hash=sha256:abc\npip==24.0\n" },
    );
    const { environment } = loaded(document);
    expect(JSON.parse((environment as { conda: { text: string } }).conda.text)).toMatchObject({
      dependencies: ["python=3.11", "pip", { pip: ["numpy==1.26.4", "pip==24.0"] }],
    });
    expect(() => cloneDocument({ ...document, lock: null })).toThrow("never recorded");
  });
});
