import { describe, expect, it } from "vitest";
import { flag, number, requiredText, text, words } from "#cli/parse/options.ts";
import { parseArguments } from "#cli/parse/parse.ts";

/** The options of `az ml online-deployment create`, near enough. */
const table = {
  file: requiredText(["--file", "-f"], ""),
  name: text(["--name", "-n"], ""),
  endpointName: text(["--endpoint-name", "-e"], ""),
  set: words("--set", ""),
  output: text(["--output", "-o"], "", { choices: ["json", "tsv"] }),
  outputName: text("--output-name", ""),
  allTraffic: flag("--all-traffic", ""),
  maxResults: number(["--max-results", "-r"], ""),
};

const nothing = { allTraffic: false, set: [] };

describe("arguments are parsed as az parses them", () => {
  it.each([
    ["--file job.yml", { file: "job.yml" }],
    ["-f job.yml", { file: "job.yml" }],
    ["--f job.yml", { file: "job.yml" }],
    ["--file=job.yml", { file: "job.yml" }],
    ["-fjob.yml", { file: "job.yml" }],
    ["-f=job.yml", { file: "job.yml" }],
    ["--f=a=b.yml", { file: "a=b.yml" }],
    ["-f j --endpoint web", { file: "j", endpointName: "web" }],
    ["-f j --e web", { file: "j", endpointName: "web" }],
    ["-f j --all", { file: "j", allTraffic: true }],
    ["-f j --set a.b=c x.y=z", { file: "j", set: ["a.b=c", "x.y=z"] }],
    ["--set a=1 b=2 -f j --set c=3", { file: "j", set: ["a=1", "b=2", "c=3"] }],
    [
      "-f j --set identity.ids[0].resource_id=/x jobs.X.component=azureml://r/c",
      {
        file: "j",
        set: ["identity.ids[0].resource_id=/x", "jobs.X.component=azureml://r/c"],
      },
    ],
    ["-f j --set=a=1", { file: "j", set: ["a=1"] }],
    ["-f j -o TSV", { file: "j", output: "tsv" }],
    ["-f j --output tsv", { file: "j", output: "tsv" }],
    ["-f j --output-n score", { file: "j", outputName: "score" }],
    ["-f j -r -1", { file: "j", maxResults: -1 }],
    ["-f a -f b", { file: "b" }],
    ["-f j --all-traffic true", { file: "j", allTraffic: true }],
    ["-f j --all-traffic=false", { file: "j", allTraffic: false }],
  ])("%s", (line, values) => {
    expect(parseArguments(line.split(" "), table)).toEqual({ values: { ...nothing, ...values }, positionals: [] });
  });

  it("keeps blanks in values, after a blank and after an equals sign", () => {
    const { values } = parseArguments(["-f", "my job.yml", "--name=a b", "--set", "description=two words"], table);
    expect(values).toMatchObject({ file: "my job.yml", name: "a b", set: ["description=two words"] });
  });

  it("takes words without an option, and all after --", () => {
    const { positionals } = parseArguments(["a.yml", "-f", "j", "b.yml", "--", "--c.yml"], table);
    expect(positionals).toEqual(["a.yml", "b.yml", "--c.yml"]);
  });

  it.each([
    ["", "the following arguments are required: --file/-f"],
    ["--file", "argument --file/-f: expected one argument"],
    ["--file --name x", "argument --file/-f: expected one argument"],
    ["-f j --set", "argument --set: expected at least one argument"],
    ["-f j --out", "ambiguous option: --out could match --output, --output-name"],
    ["-f j --nmae x", "unrecognized arguments: --nmae. Did you mean '--name'?"],
    ["-f j -x", "unrecognized arguments: -x."],
    ["-f j -o xml", "argument --output/-o: 'xml' is not one of json, tsv"],
    ["-f j -r many", "argument --max-results/-r: invalid number: 'many'"],
    ["-f j --all-traffic=maybe", "argument --all-traffic: ignored explicit argument 'maybe'"],
  ])("refuses: %s", (line, message) => {
    const argv = line.split(" ").filter(Boolean);
    expect(() => parseArguments(argv, table)).toThrow(message);
  });
});
